// The proof that the server has what was written here: its state vector covers ours.
import { decodeStateVector } from "../../bundles/editor.js";

/** Whether whoever is in the state `theirs` has every change of whoever is in the state `ours` (encoded vectors). */
export function covers(theirs, ours) {
  const known = decodeStateVector(theirs);
  return Array.from(decodeStateVector(ours)).every(([writer, clock]) => (known.get(writer) ?? 0) >= clock);
}
