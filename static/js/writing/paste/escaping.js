// Words that must stay words: signs that Markdown would take for its own get a backslash, and no others.
const SIGNS = /[\\`*[\]]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|~(?=~)/gu;
const STARTS = /^(\s*)(?:([#>+-])(?=[\s#>+-]|$)|(\d{1,9})([.)])(?=\s|$))/gm;

/** Within a line. */
export const escaped = (text) => text.replace(SIGNS, "\\$&");

/** What stands at the beginning of a line, of text that is escaped already. */
export function escapedStarts(text) {
  return text.replace(STARTS, (_all, space, sign, number, point) => space + (sign ? `\\${sign}` : `${number}\\${point}`));
}
