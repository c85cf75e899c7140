// What this browser remembers of the ledger, and that the ledger has only grown since.

import { fromBase64url } from "../passes/bytes.js";
import { fetchAnonymously } from "../passes/send.js";
import { verifyConsistency } from "./merkle.js";
import { openCheckpoint } from "./note.js";

const NAME = "narrative-ledger";

export class LedgerMismatch extends Error {}

// The ledger's name and public key: those that this browser saw first.
export async function trustedKey() {
  const kept = await remembered();
  if (kept?.key) {
    return kept.key;
  }
  const answer = await json("/ledger/key");
  const key = { name: answer.name, publicKey: fromBase64url(answer.public_key) };
  return (await remember((known) => known ?? { key })).key;
}

// What a checkpoint says, if it is signed and continues what this browser saw before: { size, root }.
export async function acceptCheckpoint(note) {
  const { name, publicKey } = await trustedKey();
  const next = await openCheckpoint(note, name, publicKey).catch(() => {
    throw new LedgerMismatch("The ledger is not signed by the key that this browser knows.");
  });
  const last = await remembered();
  if (last.size) {
    const [older, newer] = last.size <= next.size ? [last, next] : [next, last];
    const { proof } = older.size === newer.size ? { proof: [] } : await json(`/ledger/consistency?from=${older.size}&to=${newer.size}`);
    const sizes = { from: older.size, to: newer.size, fromRoot: older.root, toRoot: newer.root };
    if (!(await verifyConsistency({ ...sizes, proof: proof.map(fromBase64url) }))) {
      throw new LedgerMismatch("The ledger is not the one that this browser saw before: something in it was changed.");
    }
  }
  await remember((known) => ((known.size ?? 0) < next.size ? { ...known, ...next, note } : known));
  return next;
}

async function json(address) {
  const response = await fetchAnonymously(address);
  if (!response?.ok) {
    throw new TypeError("the ledger could not be fetched");
  }
  return response.json();
}

function within(mode, work) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore("ledger");
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const transaction = request.result.transaction("ledger", mode);
      const result = work(transaction.objectStore("ledger"));
      transaction.oncomplete = () => resolve(result.value);
      transaction.onabort = () => reject(transaction.error);
    };
  });
}

function remembered() {
  return within("readonly", (records) => {
    const result = {};
    records.get("known").onsuccess = ({ target }) => (result.value = target.result);
    return result;
  });
}

function remember(update) {
  return within("readwrite", (records) => {
    const result = {};
    records.get("known").onsuccess = ({ target }) => records.put((result.value = update(target.result)), "known");
    return result;
  });
}
