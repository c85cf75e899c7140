// How many words a text has, how long they take to read, and between which figures such a text reads best. Never a limit.
const A_MINUTE = 220; // words, as the published page counts (rules/publications.py)
const BEST = {
  opening: [30, 120], went_well: [120, 450], went_badly: [80, 350], next_priorities: [60, 300],
};

const number = new Intl.NumberFormat("en-GB");
const segments = "Segmenter" in Intl ? new Intl.Segmenter("en", { granularity: "word" }) : null;
const WITHOUT_SPACES = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]/;

/** The words that readers see of the Markdown `text`: no marks, no addresses. */
export function wordsIn(text) {
  const seen = text.replace(/\]\([^)\s]*\)/g, "]").replace(/^\s*(?:[#>*+|-]+|\d{1,9}[.)])(?=\s)/gm, "");
  if (segments && WITHOUT_SPACES.test(seen)) {
    return Array.from(segments.segment(seen)).filter(({ isWordLike }) => isWordLike).length;
  }
  return seen.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}

/** "312 words, 2 minutes. 120 to 450 read best." */
export function countInWords(words, part) {
  const minutes = Math.max(1, Math.ceil(words / A_MINUTE));
  const counted = `${number.format(words)} ${words === 1 ? "word" : "words"}`;
  const read = words ? `${counted}, ${minutes} ${minutes === 1 ? "minute" : "minutes"}` : "No words yet";
  const [least, most] = BEST[part] ?? [];
  return least === undefined ? read : `${read}. ${least} to ${most} words read best.`;
}

/** A line below the editor of `part`; `show(text)` brings it up to date. */
export function countLine(part) {
  const line = document.createElement("p");
  line.className = "word-count";
  return { line, show: (text) => { line.textContent = countInWords(wordsIn(text), part); } };
}
