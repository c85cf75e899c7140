// A pass that travels: taken out of this browser as a text or QR code, and spent from another without signing in.

import { fromBase64url, sha256, toHex, toBase64url } from "./bytes.js";
import { NoPassLeft, PassError } from "./errors.js";
import { alone, changeHolding, changePass, holdingOf, isAsk, unspentPasses } from "./holding.js";
import { fetchKeys } from "./keys.js";
import { newSeed } from "./seed.js";
import { challenge } from "./token.js";

// Where a token has the digest of its challenge and the id of its key (RFC 9578, section 6.1).
const [DIGEST, KEY_ID, SIGNATURE, LENGTH] = [34, 66, 98, 354];

export class NotAPass extends PassError {
  static sentence =
    "This is not a pass of this address, or its quarter is over. Copy the whole text, from https to its end.";
}

// The passes that were taken out: [{ index, token }], as { index, text } with the address behind which they go.
export async function takenOut(owner, address) {
  const { passes = [] } = (await holdingOf(owner)) ?? {};
  return passes
    .filter((pass) => isAsk(pass) && pass.exported)
    .map(({ index, token }) => ({ index, text: `${address}#${owner.quarter}.${token}` }));
}

// The last pass with which nothing was tried leaves; here it counts as used from now on.
export function takeOut(owner) {
  return alone(owner, async () => {
    const pass = (await unspentPasses(owner)).findLast(({ sent }) => !sent.length);
    if (!pass) {
      throw new NoPassLeft();
    }
    await changePass(owner, pass, { exported: true });
    return pass.index;
  });
}

// If it was spent meanwhile, asking with it will find out, and go on to the next one.
export function takeBack(owner, index) {
  return alone(owner, () => changePass(owner, { purpose: "ask", slot: 0, index }, { exported: false }));
}

// Take a pass in by its text, for `ask`. Resolves with the owner under whom it is kept here: nobody, so that this
// browser holds no name beside it. The receipt comes from a seed of its own, so that sending again is the same.
export async function takeIn(text) {
  const [, quarter, token] = text.match(/(?:^|#)(\d{4}-q[1-4])\.([\w-]+)\s*$/) ?? [];
  const bytes = token ? fromBase64url(token) : [];
  if (bytes.length !== LENGTH) {
    throw new NotAPass();
  }
  const { issuer } = await checked(quarter, bytes);
  const owner = { issuer, person: `pass ${toHex(await sha256(bytes))}`, quarter };
  const pass = { purpose: "ask", slot: 0, index: 0, token, spent: false, sent: [] };
  await changeHolding(owner, (kept) => kept ?? { seed: newSeed(), passes: [pass] });
  return owner;
}

async function checked(quarter, bytes) {
  const { issuer, keys } = await fetchKeys(quarter).catch((error) => {
    throw error.status === 404 ? new NotAPass() : error;
  });
  const ask = keys.find(isAsk);
  const expected = await sha256(await challenge({ issuer, quarter, purpose: "ask", slot: 0 }));
  const same = (start, end, wanted) => toBase64url(bytes.slice(start, end)) === toBase64url(wanted);
  if (!ask || !same(DIGEST, KEY_ID, expected) || !same(KEY_ID, SIGNATURE, ask.id)) {
    throw new NotAPass();
  }
  return { issuer };
}
