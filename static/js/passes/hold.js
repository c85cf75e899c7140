// Getting the passes of a quarter: the one request about them that says who is asking.

import { blind, finalize } from "./blind_rsa.js";
import { concat, fromBase64url, sha256, toBase64url } from "./bytes.js";
import * as errors from "./errors.js";
import { agreedKeys } from "./keys.js";
import { alone, changeHolding, unspentPasses } from "./holding.js";
import { newSeed, passSecrets } from "./seed.js";
import { challenge, tokenInput } from "./token.js";

// Fetch the person's passes unless this browser has them. Resolves with the number that is unspent.
// `count` passes to ask with, `keyIds` and `csrf` come from the signed-in page.
export function holdPasses({ count, keyIds, csrf, ...owner }) {
  return alone(owner, async () => {
    const holding = await changeHolding(owner, (kept) => kept ?? { seed: newSeed() });
    if (holding.spoiled) {
      throw new errors.InvalidSignature();
    }
    if (holding.elsewhere) {
      throw new errors.AlreadyIssued();
    }
    if (!holding.passes) {
      const keys = await agreedKeys({ ...owner, keyIds });
      const hidden = await blindedPasses(owner, holding.seed, keys, count);
      const signatures = await issued(owner, csrf, hidden).catch((error) => rememberElsewhere(owner, error));
      await keep(owner, hidden, signatures);
    }
    return (await unspentPasses(owner)).length;
  });
}

function blindedPasses(owner, seed, keys, count) {
  const wanted = keys.flatMap((key) =>
    Array.from({ length: key.purpose === "ask" ? count : 1 }, (_, index) => ({ key, index })),
  );
  return Promise.all(
    wanted.map(async ({ key, index }) => {
      const { nonce, salt, blinding } = await passSecrets(seed, key, index);
      const input = tokenInput(nonce, await sha256(await challenge({ ...owner, ...key })), key.id);
      return { key, index, input, ...(await blind(key.key, input, { salt, blinding })) };
    }),
  );
}

async function issued({ quarter }, csrf, hidden) {
  const response = await fetch(`/passes/${quarter}/issuance`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
    body: JSON.stringify({ blinded: hidden.map(({ message }) => toBase64url(message)) }),
  }).catch(() => {
    throw new errors.NotIssued();
  });
  if (response.status === 409) {
    throw new errors.AlreadyIssued();
  }
  const answer = response.ok ? await response.json().catch(() => null) : null;
  if (answer?.signatures?.length !== hidden.length) {
    throw new errors.NotIssued();
  }
  return answer.signatures.map(fromBase64url);
}

// Another browser has them, and asking again on each page would change nothing.
async function rememberElsewhere(owner, error) {
  if (error instanceof errors.AlreadyIssued) {
    await changeHolding(owner, (kept) => ({ ...kept, elsewhere: true }));
  }
  throw error;
}

// One invalid signature spoils all: whoever could make a person try again with other nonces, or with those
// that are left, could mark them by it.
async function keep(owner, hidden, signatures) {
  try {
    const passes = await Promise.all(
      hidden.map(async ({ key, index, input, inverse }, i) => ({
        purpose: key.purpose,
        slot: key.slot,
        index,
        token: toBase64url(concat(input, await finalize(key.key, input, signatures[i], inverse))),
        spent: false,
        sent: [],
      })),
    );
    await changeHolding(owner, (kept) => ({ ...kept, passes }));
  } catch (error) {
    if (error instanceof errors.InvalidSignature) {
      await changeHolding(owner, () => ({ spoiled: true }));
    }
    throw error;
  }
}
