// Places in a text of the shared document that follow its words, as Yjs writes them in JSON.
import { createAbsolutePositionFromRelativePosition, createRelativePositionFromJSON } from "../../bundles/editor.js";

/** The index in `text` at which the place `json` is now; null where it is in no words of `text`. */
export function indexOf(json, text) {
  try {
    const found = createAbsolutePositionFromRelativePosition(createRelativePositionFromJSON(json), text.doc);
    return found?.type === text ? found.index : null;
  } catch {
    return null; // another page's words: nothing here depends on them
  }
}
