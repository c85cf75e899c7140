// Where words stand in a text of the shared document, as places that follow them: {starts, ends} in Yjs's JSON.
import { createRelativePositionFromTypeIndex } from "../bundles/editor.js";
import { indexOf } from "../writing/together/positions.js";

const BEFORE = 0; // before the first letter: what is written in front of the words stays outside
const BEHIND = -1;

/** The places around the words of `text` between two indices. */
export function placesAround(text, from, to) {
  const place = (index, side) => createRelativePositionFromTypeIndex(text, index, side);
  return { starts: place(from, BEFORE), ends: place(to, BEHIND) };
}

/** Where these places are now: {from, to}; null when they are in no words of `text`, or those were removed. */
export function found({ starts, ends }, text) {
  const [from, to] = [starts, ends].map((json) => indexOf(json, text));
  return from === null || to === null || from >= to ? null : { from, to };
}
