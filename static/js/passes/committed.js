// The keys that the ledger holds of a quarter. They were put there before any pass was signed, for everybody to see.

import { acceptCheckpoint, LedgerMismatch } from "../ledger/check.js";
import { leafHash, verifyInclusion } from "../ledger/merkle.js";
import { fromBase64url, utf8 } from "./bytes.js";
import { KeyMismatch, NotIssued } from "./errors.js";
import { fetchAnonymously } from "./send.js";

// Resolves with the names of all rounds, each with a line break. Throws KeyMismatch when a proof does not hold or
// the checkpoint is not of the ledger that this browser saw before.
export async function committedKeys({ issuer, quarter }) {
  const response = await fetchAnonymously(`/ledger/keys/${quarter}`);
  if (!response?.ok) {
    throw new NotIssued();
  }
  const { entries, checkpoint } = await response.json();
  const { size, root } = await acceptCheckpoint(checkpoint).catch((error) => {
    throw error instanceof LedgerMismatch ? new KeyMismatch({ message: error.message }) : new NotIssued();
  });
  const names = [];
  for (const [at, { position, body, proof }] of entries.entries()) {
    const entry = JSON.parse(body);
    const hashes = proof.map(fromBase64url);
    const included = await verifyInclusion({ position, size, leaf: await leafHash(utf8(body)), proof: hashes, root });
    const right = entry.kind === "keys" && entry.issuer === issuer && entry.quarter === quarter;
    if (!included || !right || entry.round !== at + 1) {
      throw new KeyMismatch();
    }
    names.push(...entry.keys);
  }
  return names.map((name) => `${name}\n`).join("");
}
