// Paragraphs that two people changed while they were apart: a shared document joins both into one that nobody wrote.

const paragraphsOf = (text) => text.split(/\n[ \t]*(?:\n[ \t]*)+/).map((one) => one.trim()).filter(Boolean);

/** Which paragraphs of `before` stayed in `after`: pairs of places, in order (the longest common subsequence). */
function stayed(before, after) {
  const lengths = Array.from({ length: before.length + 1 }, () => new Array(after.length + 1).fill(0));
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1) {
      lengths[i][j] = before[i] === after[j] ? lengths[i + 1][j + 1] + 1 : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
    }
  }
  const pairs = [];
  for (let [i, j] = [0, 0]; i < before.length && j < after.length;) {
    if (before[i] === after[j]) pairs.push([i++, j++]);
    else if (lengths[i + 1][j] >= lengths[i][j + 1]) i += 1;
    else j += 1;
  }
  return pairs;
}

/** What became of stretches of `before`: [{from, to, words}], `to` exclusive. */
function changes(before, after) {
  const found = [];
  let [from, at] = [0, 0];
  for (const [i, j] of [...stayed(before, after), [before.length, after.length]]) {
    if (i > from || j > at) found.push({ from, to: i, words: after.slice(at, j) });
    [from, at] = [i + 1, j + 1];
  }
  return found;
}

const touch = (one, other) => (one.from < other.to && other.from < one.to) || (one.from === other.from && one.to === other.to);

/** The paragraphs that both `mine` and `theirs` made something else of than `known` said: [{mine, theirs}]. */
export function changedByBoth(known, mine, theirs) {
  const before = paragraphsOf(known);
  const ours = changes(before, paragraphsOf(mine));
  const others = changes(before, paragraphsOf(theirs));
  const both = ours.flatMap((one) => others.filter((other) => touch(one, other)).map((other) => ({
    mine: one.words.join("\n\n"), theirs: other.words.join("\n\n"),
  })));
  return both.filter((one) => one.mine !== one.theirs);
}

/** The same for every wording of a document: [{part, mine, theirs}]; each argument is a Map (see wordings). */
export function wordingsApart(known, mine, theirs) {
  return Array.from(mine).flatMap(([part, words]) => (
    changedByBoth(known.get(part) ?? "", words, theirs.get(part) ?? "").map((both) => ({ part, ...both }))
  ));
}
