// What stands around an editor: the words that format, how many words there are, and what readers will see.

/** For the editor of `field` in `place`: {keys, extensions, ready(view)}. */
export function surroundings() {
  return { keys: [], extensions: [], ready: () => {} };
}
