// The keys of a quarter, and the proof that this browser is not given keys of its own: a key made for one person
// would tell whose pass it signed.

import { publicKey } from "./blind_rsa.js";
import { fromBase64url, sha256, toBase64url, utf8 } from "./bytes.js";
import { committedKeys } from "./committed.js";
import { KeyMismatch, NotIssued } from "./errors.js";
import { fetchAnonymously } from "./send.js";
import { change, read } from "./store.js";
import { keyId } from "./token.js";

// The server cannot tell who is asking for the keys, so it cannot choose whom to give which.
export async function fetchKeys(quarter) {
  const response = await fetchAnonymously(`/passes/${quarter}/keys`);
  if (!response?.ok) {
    throw new NotIssued({ status: response?.status });
  }
  const { issuer, keys } = await response.json();
  return { issuer, keys: await Promise.all(keys.map(readKey)) };
}

async function readKey({ purpose, slot, n }) {
  const modulus = fromBase64url(n);
  const key = publicKey(modulus);
  const id = await keyId(modulus);
  return { purpose, slot, key, id, name: `${purpose}/${slot}/${toBase64url(id)}` };
}

// The keys of all rounds that the page speaks of, if the page, the cookie-less answer, this browser's memory and
// the ledger agree on issuer and names. A round that was made meanwhile is left for the next page.
export async function agreedKeys({ issuer, quarter, slots, rounds, fingerprint }) {
  const fetched = await fetchKeys(quarter);
  const keys = fetched.keys.slice(0, 1 + slots * rounds);
  const names = keys.map(({ name }) => name);
  const enough = keys.length === 1 + slots * rounds;
  if (!enough || fetched.issuer !== issuer || (await fingerprintOf(names)) !== fingerprint) {
    throw new KeyMismatch();
  }
  const text = names.map((name) => `${name}\n`).join("");
  const both = await change("seen", [issuer, quarter], (seen = "") => (text.startsWith(seen) ? text : seen));
  if (!both.startsWith(text) || !(await committedKeys({ issuer, quarter })).startsWith(text)) {
    throw new KeyMismatch();
  }
  return keys;
}

// The names that this browser agreed on, each with a line break, or undefined.
export function seenNames({ issuer, quarter }) {
  return read("seen", [issuer, quarter]);
}

// By what a page names the keys that it offers passes for.
export async function fingerprintOf(names) {
  return toBase64url(await sha256(utf8(names.join("\n"))));
}
