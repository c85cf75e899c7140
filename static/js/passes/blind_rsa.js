// RSA blind signatures, the holder's half of RSABSSA-SHA384-PSS-Deterministic (RFC 9474).
// The twin of narrative/passes/blind_rsa.py; both are held to the RFC's vectors and to each other.

import { concat, sha384, subtle, toBase64url, toBytes, toNumber } from "./bytes.js";
import { InvalidSignature, KeyMismatch } from "./errors.js";

export const MODULUS_BITS = 2048;
export const SALT_LENGTH = 48;
const EXPONENT = 65537n;
const HASH_LENGTH = 48;

// A key is its modulus: the exponent is pinned, and so is the size unless a test says otherwise.
export function publicKey(modulus, bits = MODULUS_BITS) {
  const n = toNumber(modulus);
  if (modulus.length * 8 !== bits || n >> BigInt(bits - 1) !== 1n || n % 2n === 0n) {
    throw new KeyMismatch();
  }
  return { n, bits, size: modulus.length };
}

// EMSA-PSS-ENCODE with SHA-384 and MGF1-SHA-384 (RFC 8017, section 9.1.1).
export async function encode(message, { bits, salt }) {
  const size = Math.ceil(bits / 8);
  const digest = await sha384(concat(new Uint8Array(8), await sha384(message), salt));
  const padding = new Uint8Array(size - HASH_LENGTH - salt.length - 2);
  const block = concat(padding, Uint8Array.of(1), salt);
  const mask = await mgf1(digest, block.length);
  const masked = block.map((byte, i) => byte ^ mask[i]);
  masked[0] &= 0xff >> (8 * size - bits);
  return concat(masked, digest, Uint8Array.of(0xbc));
}

// Hide a message (RFC 9474, section 4.2). `message` goes to the signer, `inverse` stays here.
// The RFC's text encodes to as many bits as n has; its vectors, like RFC 8017, use one less.
export async function blind(key, message, { salt, blinding }) {
  const encoded = toNumber(await encode(message, { bits: key.bits - 1, salt }));
  if (blinding <= 0n || blinding >= key.n) {
    throw new RangeError("the blinding lies between 0 and n");
  }
  const hidden = (encoded * power(blinding, EXPONENT, key.n)) % key.n;
  // Of the product, since both must have an inverse, and finding one is what takes longest here.
  const inverse = (invert((encoded * blinding) % key.n, key.n) * encoded) % key.n;
  return { message: toBytes(hidden, key.size), inverse };
}

// Take the blinding away (RFC 9474, section 4.4). Throws InvalidSignature unless the result verifies.
export async function finalize(key, message, blindSignature, inverse, saltLength = SALT_LENGTH) {
  if (blindSignature.length !== key.size) {
    throw new InvalidSignature();
  }
  const signature = toBytes((toNumber(blindSignature) * inverse) % key.n, key.size);
  await verify(key, message, signature, saltLength);
  return signature;
}

// WebCrypto refuses RSASSA-PSS keys as SPKI, hence the JSON Web Key.
export async function verify(key, message, signature, saltLength = SALT_LENGTH) {
  const jwk = {
    kty: "RSA",
    n: toBase64url(toBytes(key.n, key.size)),
    e: toBase64url(toBytes(EXPONENT, 3)),
  };
  const hash = { name: "RSA-PSS", hash: "SHA-384" };
  const imported = await subtle().importKey("jwk", jwk, hash, false, ["verify"]);
  if (!(await subtle().verify({ name: "RSA-PSS", saltLength }, imported, signature, message))) {
    throw new InvalidSignature();
  }
}

// MGF1 with SHA-384 (RFC 8017, appendix B.2.1).
async function mgf1(seed, length) {
  const blocks = [];
  for (let i = 0; i * HASH_LENGTH < length; i++) {
    blocks.push(await sha384(concat(seed, toBytes(BigInt(i), 4))));
  }
  return concat(...blocks).slice(0, length);
}

function power(base, exponent, modulus) {
  let result = 1n;
  for (let square = base; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) {
      result = (result * square) % modulus;
    }
    square = (square * square) % modulus;
  }
  return result;
}

// Euclid's algorithm, extended. Throws for a number that has a factor in common with the modulus.
function invert(number, modulus) {
  let [rest, next] = [modulus, number];
  let [factor, nextFactor] = [0n, 1n];
  while (next > 0n) {
    const quotient = rest / next;
    [rest, next] = [next, rest - quotient * next];
    [factor, nextFactor] = [nextFactor, factor - quotient * nextFactor];
  }
  if (rest !== 1n) {
    throw new RangeError("no inverse: a factor in common with the modulus");
  }
  return factor < 0n ? factor + modulus : factor;
}
