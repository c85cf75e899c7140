// Bytes, numbers and text, and the two hashes that passes use.

import { NoCryptography } from "./errors.js";

export const utf8 = (text) => new TextEncoder().encode(text);

// Browsers leave crypto.subtle out on plain http, except on localhost.
export function subtle() {
  if (!globalThis.crypto?.subtle) {
    throw new NoCryptography();
  }
  return globalThis.crypto.subtle;
}

export async function sha256(data) {
  return new Uint8Array(await subtle().digest("SHA-256", data));
}

export async function sha384(data) {
  return new Uint8Array(await subtle().digest("SHA-384", data));
}

export function concat(...parts) {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

// Bytes behind their length in two bytes, so that no two lists of fields run together into the same bytes.
export function field(data) {
  if (data.length > 0xffff) {
    throw new RangeError("a field holds at most 65,535 bytes");
  }
  return concat(Uint8Array.of(data.length >> 8, data.length & 0xff), data);
}

export function fields(...parts) {
  return concat(...parts.map((part) => field(typeof part === "string" ? utf8(part) : part)));
}

export function toNumber(bytes) {
  let hex = "0x0";
  for (const byte of bytes) {
    hex += byte.toString(16).padStart(2, "0");
  }
  return BigInt(hex);
}

// Big-endian; throws RangeError for a number that does not fit.
export function toBytes(number, length) {
  const hex = number.toString(16).padStart(2 * length, "0");
  if (number < 0n || hex.length > 2 * length) {
    throw new RangeError("the number does not fit");
  }
  return Uint8Array.from({ length }, (_, i) => parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}

export function toBase64url(bytes) {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

// Throws for anything but base64url without padding.
export function fromBase64url(text) {
  if (!/^[\w-]*$/.test(text)) {
    throw new RangeError("not base64url");
  }
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
