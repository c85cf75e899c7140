// What one text must be changed in to become another: one place, as small as it can be, never half a character.
const begins = (code) => code >= 0xd800 && code <= 0xdbff;
const ends = (code) => code >= 0xdc00 && code <= 0xdfff;

/** {start, end, text}: replace `before` from start to end by text. */
export function difference(before, after) {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start += 1;
  if (start && begins(before.charCodeAt(start - 1))) start -= 1;
  let end = 0;
  while (end < most - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  if (end && ends(before.charCodeAt(before.length - end))) end -= 1;
  return { start, end: before.length - end, text: after.slice(start, after.length - end) };
}

/** Where `position` stands after `change`. */
export function moved(position, { start, end, text }) {
  if (position <= start) return position;
  return Math.max(start, position >= end ? position + text.length - (end - start) : start + text.length);
}
