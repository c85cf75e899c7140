// What this browser remembers of the ledger, and that the ledger has only grown since.

import { fromBase64url } from "../passes/bytes.js";
import { fetchAnonymously } from "../passes/send.js";
import { verifyConsistency } from "./merkle.js";
import { openCheckpoint } from "./note.js";

const NAME = "narrative-ledger";

const OTHER_KEY = "The ledger is not signed by the key that this browser knows.";
const OTHER_LEDGER = "The ledger is not the one that this browser saw before: something in it was changed.";

// `evidence` holds the two signed checkpoints that contradict each other: { kept, shown }.
export class LedgerMismatch extends Error {
  constructor(message, evidence) {
    super(message);
    this.evidence = evidence;
  }
}

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
  const last = await remembered();
  // Without cryptography, or of what is no note at all, nothing was contradicted.
  const other = (error) => (error instanceof RangeError ? refuse(OTHER_KEY, last, note) : Promise.reject(error));
  const next = await openCheckpoint(note, name, publicKey).catch(other);
  if (last.size && !(await continues(last, next))) {
    await refuse(OTHER_LEDGER, last, note);
  }
  await remember((known) => ((known.size ?? 0) < next.size ? { ...known, ...next, note } : known));
  return next;
}

async function continues(last, next) {
  const [older, newer] = last.size <= next.size ? [last, next] : [next, last];
  const address = `/ledger/consistency?from=${older.size}&to=${newer.size}`;
  // A ledger that was cut has no proof for the size it had: no proof is as bad as a wrong one.
  const { proof } = older.size === newer.size ? { proof: [] } : await json(address, { proof: [""] });
  const sizes = { from: older.size, to: newer.size, fromRoot: older.root, toRoot: newer.root };
  return verifyConsistency({ ...sizes, proof: proof.map(fromBase64url) });
}

async function refuse(message, last, shown) {
  const evidence = { kept: last.note, shown };
  await remember((known) => ({ ...known, evidence }));
  throw new LedgerMismatch(message, evidence);
}

// Fetch the ledger's checkpoint and accept it: { size, root }. What contradicted it once stays said until forgotten.
export async function check() {
  const response = await fetchAnonymously("/ledger/checkpoint");
  if (!response?.ok) {
    throw new TypeError("the ledger could not be fetched");
  }
  const accepted = await acceptCheckpoint(await response.text());
  const { evidence } = await remembered();
  if (evidence) {
    throw new LedgerMismatch(OTHER_LEDGER, evidence);
  }
  return accepted;
}

// Forget key, checkpoint and evidence: the next ledger that is shown is taken as it is.
export function forgetLedger() {
  return remember(() => undefined);
}

// `missing` is the answer to 404.
export async function json(address, missing) {
  const response = await fetchAnonymously(address);
  if (response?.status === 404 && missing) {
    return missing;
  }
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
