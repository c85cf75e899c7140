// A receipt: 16 bytes that the asker keeps. From them come the key of one question, whose public half is the mark
// that the question carries, and the salt of the question's commitment in the ledger.

import { concat, derive, fields, fromHex, sha256, subtle, toBase64url } from "./bytes.js";
import { NoSignatures } from "./errors.js";

const SEED_LABEL = "narrative seed v1";
const LABEL = "narrative receipt v2";
const LENGTH = 16;
// PKCS #8 around an Ed25519 seed of 32 bytes (RFC 8410, section 7).
const PKCS8_START = fromHex("302e020100300506032b657004220420");

// The receipt of the question that pass `index` asks.
export function receiptBytes(seed, index) {
  return derive(seed, LENGTH, SEED_LABEL, "receipt", String(index));
}

// The salt, the mark and the private key of a receipt. Throws NoSignatures in a browser without Ed25519: without
// a key nobody could add to a question, or take it back.
export async function openReceipt(receipt) {
  const pkcs8 = concat(PKCS8_START, await derive(receipt, 32, LABEL, "signing"));
  const key = await subtle().importKey("pkcs8", pkcs8, "Ed25519", true, ["sign"]).catch(() => {
    throw new NoSignatures();
  });
  const { x } = await subtle().exportKey("jwk", key);
  return { key, mark: x, salt: await derive(receipt, LENGTH, LABEL, "salt") };
}

// What opens the hash that the ledger holds of a question's follow-up of that number.
export function followUpSalt(receipt, number) {
  return derive(receipt, LENGTH, LABEL, "follow-up", String(number));
}

// What the ledger holds of a question: it gives nothing of the text away, and the salt opens it.
export async function commitment({ salt, quarter, bucket, text }) {
  return toBase64url(await sha256(fields("narrative question v1", salt, quarter, bucket ?? "", text)));
}
