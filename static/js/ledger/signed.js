// Whether what the ledger says in the name of those who asked is signed by them. The mark of a question's own entry is
// its public key. The twin of what narrative/independent/account.py says of signatures.

import { fields, fromBase64url, subtle } from "../passes/bytes.js";

const LABEL = "narrative message v2";
const FOLLOW_UP = "follow-up";
const WITHDRAWN = "withdrawn";

// The first of the entries, in their order, that somebody else wrote in the name of whoever asked, or undefined.
export async function firstForged(entries) {
  const [marks, signing] = [new Map(), new Set()];
  for (const entry of entries) {
    if (entry.kind === "question") {
      marks.set(`${entry.quarter} ${entry.id}`, entry.mark);
    } else if (entry.kind === "keys" && entry.round === 1) {
      // A later quarter cannot go back to unsigned entries, as those of before signatures were kept are.
      if (entry.signed) {
        signing.add(entry.quarter);
      } else if (signing.size) {
        return entry;
      }
    } else if ([FOLLOW_UP, WITHDRAWN].includes(entry.kind) && !(await isGood(entry, marks, signing))) {
      return entry;
    }
  }
  return undefined;
}

async function isGood({ kind, quarter, id, mark, number = 0, text_hash = "", signature }, marks, signing) {
  if (!signature) {
    return !signing.has(quarter);
  }
  const key = kind === WITHDRAWN ? marks.get(`${quarter} ${id}`) : mark;
  return Boolean(key) && verify(key, signature, fields(LABEL, quarter, key, String(number), text_hash));
}

// What is no key or no signature at all holds for nothing.
async function verify(mark, signature, signed) {
  try {
    const key = await subtle().importKey("raw", fromBase64url(mark), "Ed25519", false, ["verify"]);
    return await subtle().verify("Ed25519", key, fromBase64url(signature), signed);
  } catch {
    return false;
  }
}
