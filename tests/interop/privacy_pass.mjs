// Lends a test the Privacy Pass library of somebody else: one question a line on stdin, one answer a line on stdout.
// Bytes travel as base64url. A client keeps what it blinded until it finalizes, so one process answers one test.
import { createHash } from "node:crypto";
import { createInterface } from "node:readline";

import { publicVerif, Token, TokenChallenge } from "@cloudflare/privacypass-ts";
import { RSABSSA } from "@cloudflare/blindrsa-ts";

const { BLIND_RSA, BlindRSAMode, Client, Issuer, Origin, TokenRequest, getPublicKeyBytes } = publicVerif;
const PSS = { name: "RSA-PSS", hash: "SHA-384" };
const bytes = (text) => new Uint8Array(Buffer.from(text, "base64url"));
const text = (data) => Buffer.from(data).toString("base64url");
const publicKey = (jwk) => crypto.subtle.importKey("jwk", jwk, PSS, true, ["verify"]);
const privateKey = (pkcs8) => crypto.subtle.importKey("pkcs8", bytes(pkcs8), PSS, true, ["sign"]);

const suite = RSABSSA.SHA384.PSS.Deterministic();
const client = new Client(BlindRSAMode.PSS);
const origin = new Origin(BlindRSAMode.PSS);
let blinded;

const answers = {
  // Privacy Pass: a whole client, a whole issuer, and a verifier.
  async keyId({ jwk }) {
    const spki = await getPublicKeyBytes(await publicKey(jwk));
    return { spki: text(spki), keyId: createHash("sha256").update(spki).digest("base64url") };
  },
  async challenge({ issuer, context }) {
    return { challenge: text(origin.createTokenChallenge(issuer, bytes(context)).serialize()) };
  },
  async request({ challenge, spki }) {
    const made = await client.createTokenRequest(TokenChallenge.deserialize(bytes(challenge)), bytes(spki));
    return { request: text(made.serialize()) };
  },
  async token({ response }) {
    return { token: text((await client.finalize(client.deserializeTokenResponse(bytes(response)))).serialize()) };
  },
  async issue({ request, jwk, pkcs8 }) {
    const issuer = new Issuer(BlindRSAMode.PSS, "narrative.example", await privateKey(pkcs8), await publicKey(jwk));
    return { response: text((await issuer.issue(TokenRequest.deserialize(BLIND_RSA, bytes(request)))).serialize()) };
  },
  async verify({ token, jwk }) {
    return { valid: await origin.verify(Token.deserialize(BLIND_RSA, bytes(token)), await publicKey(jwk)) };
  },
  // RSA blind signatures alone.
  async blind({ message, jwk }) {
    const key = await publicKey(jwk);
    blinded = { key, message: bytes(message), ...(await suite.blind(key, bytes(message))) };
    return { blinded: text(blinded.blindedMsg) };
  },
  async finalize({ signature }) {
    return { signature: text(await suite.finalize(blinded.key, blinded.message, bytes(signature), blinded.inv)) };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { ask, ...values } = JSON.parse(line);
  let answer;
  try {
    answer = await answers[ask](values);
  } catch (error) {
    answer = { refused: error.message };
  }
  console.log(JSON.stringify(answer));
}
