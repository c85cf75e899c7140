// Everything secret about a person's passes of one quarter comes from one seed of 128 bits, so that a lost
// answer is asked for again with the very same bytes.
//
// A random blinding hides a pass from anybody, whatever they can compute. A derived one hides it from whoever
// cannot try 2^128 seeds: that is the price of being able to repeat a request, and to recover it by a code.

import { fields, subtle, toNumber } from "./bytes.js";
import { SALT_LENGTH } from "./blind_rsa.js";

const SEED_LENGTH = 16;
const LABEL = "narrative seed v1";
const NONCE_LENGTH = 32;
const RECEIPT_LENGTH = 16;

export function newSeed() {
  return crypto.getRandomValues(new Uint8Array(SEED_LENGTH));
}

// The nonce, salt and blinding of pass `index` of a key: { id: key id, key: public key }.
export async function passSecrets(seed, { id, key }, index) {
  const names = [id, String(index)];
  return {
    nonce: await derive(seed, NONCE_LENGTH, "nonce", ...names),
    salt: await derive(seed, SALT_LENGTH, "salt", ...names),
    blinding: await below(key, (attempt) => derive(seed, key.size, "blinding", ...names, String(attempt))),
  };
}

// The receipt of the question that pass `index` asks.
export function receiptBytes(seed, index) {
  return derive(seed, RECEIPT_LENGTH, "receipt", String(index));
}

// HKDF-SHA-256 (RFC 5869) without a salt: the seed is uniform already.
async function derive(seed, length, ...names) {
  const key = await subtle().importKey("raw", seed, "HKDF", false, ["deriveBits"]);
  const salt = new Uint8Array();
  const info = fields(LABEL, ...names);
  return new Uint8Array(
    await subtle().deriveBits({ name: "HKDF", hash: "SHA-256", salt, info }, key, 8 * length),
  );
}

// A uniform number in (1, n): candidates are drawn until one lies there. The highest bit of n is set, so more
// than every second one does.
async function below({ n }, draw) {
  for (let attempt = 0; ; attempt++) {
    const candidate = toNumber(await draw(attempt));
    if (candidate > 1n && candidate < n) {
      return candidate;
    }
  }
}
