// What stands around an editor: the words that format, how many words there are, and what readers will see.
import { ACTIONS, keysOf } from "./actions.js";
import { countLine } from "./count.js";
import { continueList } from "./lists.js";
import { pasting } from "./pasting.js";
import { previewing } from "./previewing.js";
import { toolbar } from "./toolbar.js";

/** For the editor of `field` in `place`: {keys, extensions, ready(view)}. */
export function surroundings({ field, place, name }) {
  const count = countLine(field.name);
  const preview = previewing(field, count.show);
  return {
    keys: [...keysOf(ACTIONS), { key: "Enter", run: continueList }],
    extensions: [preview.listener, pasting],
    ready(view) {
      place.prepend(toolbar(view, name));
      place.append(count.line);
      preview.ready(view);
    },
  };
}
