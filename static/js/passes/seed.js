// Everything secret about a person's passes of one quarter comes from one seed of 128 bits, so that a lost
// answer is asked for again with the very same bytes, and a recovery code brings the passes back.
//
// A random blinding hides a pass from anybody, whatever they can compute. A derived one hides it from whoever
// cannot try 2^128 seeds: that is the price of being able to repeat a request.

import { derive, toNumber } from "./bytes.js";
import { SALT_LENGTH } from "./blind_rsa.js";

const SEED_LENGTH = 16;
const LABEL = "narrative seed v1";
const NONCE_LENGTH = 32;

export function newSeed() {
  return crypto.getRandomValues(new Uint8Array(SEED_LENGTH));
}

// The nonce, salt and blinding of pass `index` of a key: { id: key id, key: public key }.
export async function passSecrets(seed, { id, key }, index) {
  const names = [id, String(index)];
  return {
    nonce: await derive(seed, NONCE_LENGTH, LABEL, "nonce", ...names),
    salt: await derive(seed, SALT_LENGTH, LABEL, "salt", ...names),
    blinding: await below(key, (attempt) =>
      derive(seed, key.size, LABEL, "blinding", ...names, String(attempt)),
    ),
  };
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
