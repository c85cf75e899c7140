// Getting the passes of a quarter: the one kind of request about them that says who is asking. Round 1 is the passes
// to ask with and one for each vote slot, in one request of fixed size; further rounds are vote slots, for everybody.

import { blind, finalize } from "./blind_rsa.js";
import { concat, fromBase64url, sha256, toBase64url } from "./bytes.js";
import * as errors from "./errors.js";
import { agreedKeys } from "./keys.js";
import { alone, changeHolding, unspentPasses } from "./holding.js";
import { newSeed, passSecrets } from "./seed.js";
import { challenge, tokenInput } from "./token.js";

// So many passes are computed before the browser may take a breath and answer whoever is reading.
const AT_ONCE = 4;

// Fetch the person's passes of all rounds unless this browser has them. Resolves with the number to ask with that
// is unspent. `offer` is what the signed-in page says: { count, slots, rounds, fingerprint, csrf } and the owner.
export function holdPasses({ count, slots, rounds, fingerprint, csrf, ...owner }) {
  return alone(owner, async () => {
    const holding = await changeHolding(owner, (kept) => kept ?? { seed: newSeed() });
    if (holding.spoiled) {
      throw new errors.InvalidSignature();
    }
    if (holding.elsewhere) {
      throw new errors.AlreadyIssued();
    }
    const held = holding.rounds ?? 0;
    const keys = held < rounds ? await agreedKeys({ ...owner, slots, rounds, fingerprint }) : [];
    for (let round = held + 1; round <= rounds; round++) {
      const [from, to] = [round > 1 ? 1 + slots * (round - 1) : 0, 1 + slots * round];
      const hidden = await blindedPasses(owner, holding.seed, keys.slice(from, to), count);
      const signatures = await issued(owner, { round, csrf, hidden });
      await keep(owner, { round, hidden, signatures });
    }
    return (await unspentPasses(owner)).length;
  });
}

function blindedPasses(owner, seed, keys, count) {
  const wanted = keys.flatMap((key) =>
    Array.from({ length: key.purpose === "ask" ? count : 1 }, (_, index) => ({ key, index })),
  );
  return calmly(wanted, async ({ key, index }) => {
    const { nonce, salt, blinding } = await passSecrets(seed, key, index);
    const input = tokenInput(nonce, await sha256(await challenge({ ...owner, ...key })), key.id);
    return { key, index, input, ...(await blind(key.key, input, { salt, blinding })) };
  });
}

async function issued(owner, { round, csrf, hidden }) {
  const response = await fetch(`/passes/${owner.quarter}/issuance`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
    body: JSON.stringify({ round, blinded: hidden.map(({ message }) => toBase64url(message)) }),
  }).catch(() => null);
  if (response?.status === 409 && round === 1) {
    // Another browser has them, and asking again on each page would change nothing.
    await changeHolding(owner, (kept) => ({ ...kept, elsewhere: true }));
    throw new errors.AlreadyIssued();
  }
  const answer = response?.ok ? await response.json().catch(() => null) : null;
  if (answer?.signatures?.length !== hidden.length) {
    throw new errors.NotIssued();
  }
  return answer.signatures.map(fromBase64url);
}

// One invalid signature spoils all: whoever could make a person try again with other nonces, or with those
// that are left, could mark them by it.
async function keep(owner, { round, hidden, signatures }) {
  try {
    const made = await calmly(hidden, async ({ key, index, input, inverse }, i) => ({
      purpose: key.purpose,
      slot: key.slot,
      index,
      token: toBase64url(concat(input, await finalize(key.key, input, signatures[i], inverse))),
      spent: false,
      sent: [],
    }));
    await changeHolding(owner, ({ passes = [], ...kept }) => ({ ...kept, rounds: round, passes: [...passes, ...made] }));
  } catch (error) {
    if (error instanceof errors.InvalidSignature) {
      await changeHolding(owner, () => ({ spoiled: true }));
    }
    throw error;
  }
}

async function calmly(items, work) {
  const done = [];
  for (let i = 0; i < items.length; i += AT_ONCE) {
    done.push(...(await Promise.all(items.slice(i, i + AT_ONCE).map((item, j) => work(item, i + j)))));
    await (globalThis.scheduler?.postTask?.(() => {}) ?? new Promise((resume) => setTimeout(resume)));
  }
  return done;
}
