// A receipt: 16 bytes that the asker keeps, written as Crockford base32 in groups of four with Crockford's check
// character at the end. The question carries only the receipt's mark, a hash, by which its asker finds it.

import { concat, sha256, toBase64url, toBytes, toNumber, utf8 } from "./bytes.js";
import { MalformedReceipt } from "./errors.js";

const LENGTH = 16;
const DIGITS = 26;
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CHECKS = ALPHABET + "*~$=U";
const LABEL = "narrative receipt v1";

export function formatReceipt(bytes) {
  const number = toNumber(bytes);
  let text = "";
  for (let i = DIGITS - 1; i >= 0; i--) {
    text += ALPHABET[Number((number >> BigInt(5 * i)) & 31n)];
  }
  return (text + check(number)).match(/.{1,4}/g).join("-");
}

// Forgives case, spaces, hyphens, O for 0, and I and L for 1. Throws MalformedReceipt for anything else.
export function parseReceipt(typed) {
  const text = typed.toUpperCase().replace(/[\s\p{Dash}]/gu, "").replaceAll("O", "0").replace(/[IL]/g, "1");
  const digits = Array.from(text.slice(0, DIGITS), (character) => ALPHABET.indexOf(character));
  if (text.length !== DIGITS + 1 || digits.includes(-1)) {
    throw new MalformedReceipt();
  }
  const number = digits.reduce((sum, digit) => sum * 32n + BigInt(digit), 0n);
  if (number >> BigInt(8 * LENGTH) || check(number) !== text[DIGITS]) {
    throw new MalformedReceipt();
  }
  return toBytes(number, LENGTH);
}

// What is stored with a question, as base64url: nobody can get from it to the receipt.
export async function mark(bytes) {
  return toBase64url(await sha256(concat(utf8(LABEL), bytes)));
}

function check(number) {
  return CHECKS[Number(number % 37n)];
}
