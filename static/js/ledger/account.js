// The whole ledger, read and counted anew by the browser.

import { utf8 } from "../passes/bytes.js";
import { check, json, LedgerMismatch } from "./check.js";
import { leafHash, rootOf, same } from "./merkle.js";
import { firstForged } from "./signed.js";

const AT_ONCE = 1000;
const BECOMES = {
  question: "waiting",
  answer: "answered",
  declined: "declined",
  reopened: "waiting",
  withheld: "withheld",
  withdrawn: "withdrawn",
  merged: "merged",
};

const SHORTER = "The ledger is shorter than this page says: entries are missing.";
const OTHER_ENTRIES = "The entries of the ledger are not those that were signed.";
const FORGED = "Something in the ledger was written in the name of somebody who asked, and they did not sign it: entry ";
const OTHER_NUMBERS = "The numbers on this page do not follow from the ledger: ";

// Check every entry, and that a page's `counts` of a quarter, made when the ledger had `size` entries, follow from them.
// Resolves with the present number of entries. Throws LedgerMismatch.
export async function checkAll({ quarter, size, counts }) {
  const now = await check();
  if (now.size < size) {
    throw new LedgerMismatch(SHORTER);
  }
  const bodies = await leaves(now.size);
  const hashes = await Promise.all(bodies.map((body) => leafHash(utf8(body))));
  if (bodies.length !== now.size || !same(await rootOf(hashes), now.root)) {
    throw new LedgerMismatch(OTHER_ENTRIES);
  }
  const entries = bodies.map((body) => JSON.parse(body));
  const forged = await firstForged(entries);
  if (forged) {
    throw new LedgerMismatch(`${FORGED}${entries.indexOf(forged)} (${forged.kind}).`);
  }
  const counted = recount(entries.slice(0, size), quarter);
  const states = new Set([...Object.keys(counts), ...Object.keys(counted)]);
  const wrong = [...states].filter((state) => (counts[state] ?? 0) !== (counted[state] ?? 0));
  if (wrong.length) {
    const words = wrong.map((state) => `${counted[state] ?? 0} ${state}, not ${counts[state] ?? 0}`);
    throw new LedgerMismatch(`${OTHER_NUMBERS}${words.join("; ")}.`);
  }
  return now.size;
}

// How many questions of a quarter were received, and how many are in each state, as the entries say.
export function recount(entries, quarter) {
  const states = new Map();
  for (const entry of entries) {
    if (entry.quarter === quarter && Object.hasOwn(BECOMES, entry.kind)) {
      states.set(entry.id, BECOMES[entry.kind]);
    }
  }
  const counted = { received: states.size };
  states.forEach((state) => (counted[state] = (counted[state] ?? 0) + 1));
  return counted;
}

async function leaves(size) {
  const bodies = [];
  while (bodies.length < size) {
    const to = Math.min(bodies.length + AT_ONCE, size);
    const page = await json(`/ledger/leaves?from=${bodies.length}&to=${to}`, { leaves: [] });
    if (page.leaves.length !== to - bodies.length) {
      throw new LedgerMismatch(OTHER_ENTRIES);
    }
    bodies.push(...page.leaves);
  }
  return bodies;
}
