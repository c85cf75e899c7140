// The bytes of a pass: Privacy Pass tokens of type 0x0002 (RFC 9577, RFC 9578).
// The twin of narrative/passes/token.py. The browser builds the challenge itself, from what it knows.

import { concat, field, fields, fromHex, sha256, utf8 } from "./bytes.js";

const TOKEN_TYPE = Uint8Array.of(0, 2);
const CONTEXT_LABEL = "narrative v1";

// SubjectPublicKeyInfo of every RSASSA-PSS key of 2048 bits with SHA-384, a salt of 48 bytes and e = 65537:
// this, the modulus, and the exponent (RFC 9578, section 6.5).
const SPKI_START = fromHex(
  "30820152303d06092a864886f70d01010a3030a00d300b0609608648016503040202a11a301806092a864886f70d010108" +
    "300b0609608648016503040202a2030201300382010f003082010a0282010100",
);
const SPKI_END = fromHex("0203010001");

// token_key_id: SHA-256 of the SubjectPublicKeyInfo of the key with this modulus of 256 bytes.
export function keyId(modulus) {
  return sha256(concat(SPKI_START, modulus, SPKI_END));
}

// TokenChallenge (RFC 9577, section 2.1.1); the redemption context is empty or 32 bytes.
export function tokenChallenge(issuer, redemptionContext, originInfo = new Uint8Array()) {
  const context = concat(Uint8Array.of(redemptionContext.length), redemptionContext);
  return concat(TOKEN_TYPE, field(utf8(issuer)), context, field(originInfo));
}

// The challenge of a pass; a purpose without slots has slot 0.
export async function challenge({ issuer, quarter, purpose, slot }) {
  return tokenChallenge(issuer, await sha256(fields(CONTEXT_LABEL, quarter, purpose, String(slot))));
}

// What is signed: type, nonce, challenge digest, key id (RFC 9578, section 6.1). The signature makes it a token.
export function tokenInput(nonce, challengeDigest, id) {
  return concat(TOKEN_TYPE, nonce, challengeDigest, id);
}
