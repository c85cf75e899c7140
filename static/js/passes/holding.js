// What this browser holds for a person and quarter: { seed, rounds, passes, votes }, where `rounds` is how many
// rounds of passes are here; { spoiled } after an invalid signature; { seed, elsewhere } when another browser
// was given the passes. `votes` has true by the slot of each question voted for.
// A pass is { purpose, slot, index, token, spent, elsewhere, exported, sent, promise }; `sent` has every body that may
// have arrived with it, and `elsewhere` says that it was not spent from here.

import { subtle } from "./bytes.js";
import { formatReceipt } from "./code.js";
import { openReceipt, receiptBytes } from "./receipt.js";
import { change, read } from "./store.js";

// The most passes to ask with that a quarter gives.
const MOST = 10;

const keyOf = ({ issuer, person, quarter }) => [issuer, String(person), quarter];

// One tab at a time: two could spend one pass on two questions.
export function alone(owner, work) {
  subtle();
  return navigator.locks.request(`narrative passes ${keyOf(owner).join(" ")}`, work);
}

export function holdingOf(owner) {
  return read("holdings", keyOf(owner));
}

export function changeHolding(owner, update) {
  return change("holdings", keyOf(owner), update);
}

export const isAsk = ({ purpose }) => purpose === "ask";

// The passes to ask with that are here and not known to be spent.
export async function unspentPasses(owner) {
  const { passes = [] } = (await holdingOf(owner)) ?? {};
  return passes.filter((pass) => isAsk(pass) && !pass.spent && !pass.exported);
}

export function changePass(owner, { purpose, slot, index }, difference) {
  const same = (pass) => pass.purpose === purpose && pass.slot === slot && pass.index === index;
  return changeHolding(owner, ({ passes, ...rest }) => ({
    ...rest,
    passes: passes.map((pass) => (same(pass) ? { ...pass, ...difference } : pass)),
  }));
}

// The receipts that this browser can give, one for each pass to ask with: [{ receipt, mark, asked, promise }].
// `asked` is whether the pass was spent here; one that was spent in another browser shows by its mark.
export async function receipts(owner) {
  const { seed, passes } = (await holdingOf(owner)) ?? {};
  const known = passes?.filter(isAsk) ?? Array.from({ length: seed ? MOST : 0 }, (_, index) => ({ index }));
  return Promise.all(
    known.map(async ({ index, spent = false, elsewhere = false, promise }) => {
      const bytes = await receiptBytes(seed, index);
      const { mark } = await openReceipt(bytes);
      return { receipt: formatReceipt(bytes), mark, asked: spent && !elsewhere, promise };
    }),
  );
}
