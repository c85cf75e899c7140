// How 16 bytes are written for people: Crockford base32 in groups of four, with Crockford's check character at the
// end. Receipts and recovery codes are both written like this.

import { toBytes, toNumber } from "./bytes.js";
import { MalformedReceipt } from "./errors.js";

const LENGTH = 16;
const DIGITS = 26;
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CHECKS = ALPHABET + "*~$=U";

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

function check(number) {
  return CHECKS[Number(number % 37n)];
}
