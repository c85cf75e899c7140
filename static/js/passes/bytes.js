// Bytes, numbers and text, the two hashes and the one derivation that passes use.

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

// HKDF-SHA-256 (RFC 5869) without a salt: each secret is uniform already. The names say what the bytes are for.
export async function derive(secret, length, ...names) {
  const key = await subtle().importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  const use = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: fields(...names) };
  return new Uint8Array(await subtle().deriveBits(use, key, 8 * length));
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
  return BigInt(`0x0${toHex(bytes)}`);
}

// Big-endian; throws RangeError for a number that does not fit.
export function toBytes(number, length) {
  const text = number.toString(16).padStart(2 * length, "0");
  if (number < 0n || text.length > 2 * length) {
    throw new RangeError("the number does not fit");
  }
  return fromHex(text);
}

export function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function fromHex(text) {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
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
