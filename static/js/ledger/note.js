// Signed notes (C2SP signed-note), and the checkpoints that are written as such (C2SP tlog-checkpoint).

import { concat, sha256, subtle, utf8 } from "../passes/bytes.js";
import { same } from "./merkle.js";

const ED25519 = Uint8Array.of(1);

// The text of a note if `name` signed it with that public key (32 bytes). Throws RangeError for any other note, and
// another error where that cannot be told.
export async function openNote(note, name, publicKey) {
  const [, text, lines] = note.match(/^([^]*\n)\n((?:— [^ \n]+ [^ \n]+\n)+)$/) ?? [];
  if (text === undefined) {
    throw new TypeError("not a signed note");
  }
  const id = (await sha256(concat(utf8(`${name}\n`), ED25519, publicKey))).slice(0, 4);
  const key = await subtle().importKey("raw", publicKey, "Ed25519", false, ["verify"]);
  for (const line of lines.split("\n")) {
    const [, signer, signature] = line.split(" ");
    const bytes = signer === name ? fromBase64(signature) : new Uint8Array();
    if (same(bytes.slice(0, 4), id) && (await subtle().verify("Ed25519", key, bytes.slice(4), utf8(text)))) {
      return text;
    }
  }
  throw new RangeError("not signed by this key");
}

// What a checkpoint says: { size, root }. Throws unless it is of the ledger of that name.
export async function openCheckpoint(note, name, publicKey) {
  const text = await openNote(note, `${name}/ledger`, publicKey);
  const [, size, root] = text.match(/^[^\n]+\n(0|[1-9]\d{0,14})\n([^\n]+)\n$/) ?? [];
  if (!root || !text.startsWith(`${name}/ledger\n`)) {
    throw new RangeError("not a checkpoint of this ledger");
  }
  return { size: Number(size), root: fromBase64(root) };
}

export function fromBase64(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
