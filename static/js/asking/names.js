// Which colleagues a text names. Pure: takes texts, returns places; nothing is kept and nothing leaves.

const WORD = /[\p{L}\p{M}][\p{L}\p{M}'’-]*/gu;
const SHORTEST = 3;
// Parts of names that are ordinary words too: alone they say nothing, in a whole name they do.
const ORDINARY = new Set(
  ("and april art august baker bell best bill black brown chase christian cook cross day dawn drew earl faith " +
    "field fields fisher ford frank friend glen good grace grant gray green hall hand harmony heather hill hope " +
    "hunter ivy jack joy june justice king knight lane law lee long love major march mark may miles miller nick " +
    "noble north page park parks parker price pat peace penny poor power prince ray reed rich rob rock " +
    "rose rusty short sky smith south stone storm strong sue summer taylor teller the van von walker ward " +
    "waters west white will win winter wise wood woods worth young").split(" "),
);

const bare = (word) => word.normalize("NFD").replace(/\p{M}/gu, "").replace(/['’]s$/iu, "").toLowerCase();
const words = (text) => Array.from(text.matchAll(WORD), ([word]) => bare(word));
const capital = (word) => /^\p{Lu}/u.test(word);
const withoutCase = (name) => name.toLowerCase() === name.toUpperCase();

/** Prepare a list of names for `named`: once a page, since a company may have thousands. */
export function nameIndex(names) {
  const [whole, parts, uncased] = [new Map(), new Set(), []];
  for (const name of names) {
    const own = words(name);
    if (own.length === 0) continue;
    if (withoutCase(name)) uncased.push(name);
    if (own.length > 1) whole.set(own[0], [...(whole.get(own[0]) ?? []), own]);
    own.filter((part) => part.length >= SHORTEST && !ORDINARY.has(part)).forEach((part) => parts.add(part));
  }
  return { whole, parts, uncased };
}

/** Where `text` names somebody: [{ start, end }]. A whole name in any spelling, a part of one with its capital. */
export function named(text, { whole, parts, uncased }) {
  const found = Array.from(text.matchAll(WORD), (match) => ({ word: match[0], start: match.index }));
  const plain = found.map(({ word }) => bare(word));
  const places = uncased.filter((name) => text.includes(name)).map((name) => place(text.indexOf(name), name));
  for (let at = 0; at < found.length; at += 1) {
    const fits = (whole.get(plain[at]) ?? []).filter((own) => own.every((part, i) => plain[at + i] === part));
    const length = Math.max(0, ...fits.map((own) => own.length));
    const last = found[at + Math.max(length, 1) - 1];
    if (length || (parts.has(plain[at]) && capital(found[at].word))) {
      places.push({ start: found[at].start, end: last.start + last.word.replace(/['’]s$/iu, "").length });
      at += Math.max(length, 1) - 1;
    }
  }
  return places;
}

function place(start, name) {
  return { start, end: start + name.length };
}
