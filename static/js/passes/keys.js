// The keys of a quarter, and the proof that this browser is not given keys of its own: a key made for one person
// would tell whose pass it signed.

import { publicKey } from "./blind_rsa.js";
import { fromBase64url, toBase64url } from "./bytes.js";
import { KeyMismatch, NotIssued } from "./errors.js";
import { change } from "./store.js";
import { keyId } from "./token.js";

// The server cannot tell who is asking for the keys, so it cannot choose whom to give which.
export async function fetchKeys(quarter) {
  const response = await fetch(`/passes/${quarter}/keys`, {
    credentials: "omit",
    cache: "no-store",
    referrerPolicy: "no-referrer",
    redirect: "error",
  }).catch(() => {
    throw new NotIssued();
  });
  if (!response.ok) {
    throw new NotIssued();
  }
  const { issuer, keys } = await response.json();
  return { issuer, keys: await Promise.all(keys.map(readKey)) };
}

async function readKey({ purpose, slot, n }) {
  const modulus = fromBase64url(n);
  const key = publicKey(modulus);
  const id = await keyId(modulus);
  return { purpose, slot, key, id, name: `${purpose}/${slot}/${toBase64url(id)}` };
}

// The keys, if the cookie-less answer, the signed-in page and this browser's memory agree on issuer and names.
export async function agreedKeys({ issuer, quarter, keyIds }) {
  const fetched = await fetchKeys(quarter);
  const names = JSON.stringify(fetched.keys.map((key) => key.name));
  if (fetched.issuer !== issuer || names !== JSON.stringify(keyIds)) {
    throw new KeyMismatch();
  }
  if ((await change("seen", [issuer, quarter], (seen) => seen ?? names)) !== names) {
    throw new KeyMismatch();
  }
  return fetched.keys;
}
