// What the shared document of a narrative holds, and under which names.
import { SharedMap, SharedText } from "../../bundles/editor.js";
import { randomHex } from "../../random_hex.js";

export const TEXTS = ["opening", "went_well", "went_badly", "next_priorities"];
const NOTES = "private_notes";

/** Where a change of the document came from, where that is not this page. */
export const SERVER = Symbol("the server");
export const DEVICE = Symbol("this device");

export const textOf = (shared, part) => shared.getText(part);
export const prioritiesOf = (shared) => shared.getMap("priorities");
export const outcomesOf = (shared) => shared.getMap("outcomes");

/** The priorities that are there, in the order in which they are shown: [key, row]. */
export function rowsOf(shared) {
  return Array.from(prioritiesOf(shared).entries())
    .filter(([, row]) => row instanceof SharedMap && !row.get("gone"))
    .sort(([key, row], [other, next]) => row.get("place") - next.get("place") || (key < other ? -1 : 1));
}

/** Put a priority that says nothing yet at `place`, under `key`. Call it within a transaction. */
export function addRow(shared, place, key = randomHex(8)) {
  const facts = { place, owner_id: null, gone: false, carries: null };
  Object.assign(facts, { title: new SharedText(), measure: new SharedText() });
  const row = new SharedMap(Object.entries(facts));
  prioritiesOf(shared).set(key, row);
  return row;
}

/** A place between two others; `after` and `before` may be undefined. */
export function between(after, before) {
  if (after === undefined && before === undefined) return 1;
  if (before === undefined) return Math.floor(after) + 1;
  return after === undefined ? before - 1 : (after + before) / 2;
}

/** Every wording in the document: [name, text] for each text, each field of a priority that is there, each outcome. */
export function wordings(shared) {
  const texts = [...TEXTS, NOTES].map((part) => [part, textOf(shared, part).toString()]);
  const fields = rowsOf(shared).flatMap(([key, row]) => (
    ["title", "measure"].map((part) => [`priorities/${key}/${part}`, String(row.get(part) ?? "")])
  ));
  const sentences = Array.from(outcomesOf(shared).entries())
    .filter(([, outcome]) => outcome instanceof SharedMap)
    .map(([key, outcome]) => [`outcomes/${key}/sentence`, String(outcome.get("sentence") ?? "")]);
  return new Map([...texts, ...fields, ...sentences]);
}
