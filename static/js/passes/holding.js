// What this browser holds for a person and quarter: { seed, passes }; { spoiled } after an invalid signature;
// { seed, elsewhere } when another browser was given the passes.
// A pass is { purpose, slot, index, token, spent, sent }; `sent` has every body that may have arrived with it.

import { subtle } from "./bytes.js";
import { formatReceipt, mark } from "./receipt.js";
import { receiptBytes } from "./seed.js";
import { change, read } from "./store.js";

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

// The passes for one purpose that are not known to be spent.
export async function unspentPasses(owner, purpose = "ask") {
  const holding = await holdingOf(owner);
  return (holding?.passes ?? []).filter((pass) => pass.purpose === purpose && !pass.spent);
}

// The receipts of the questions asked from this browser: [{ receipt, mark }].
export async function receipts(owner) {
  const holding = await holdingOf(owner);
  const spent = (holding?.passes ?? []).filter((pass) => pass.purpose === "ask" && pass.spent);
  return Promise.all(spent.map(({ index }) => receiptOf(holding.seed, index)));
}

export async function receiptOf(seed, index) {
  const bytes = await receiptBytes(seed, index);
  return { receipt: formatReceipt(bytes), mark: await mark(bytes) };
}
