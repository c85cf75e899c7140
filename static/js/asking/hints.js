// What in a question may tell who asks or who is meant, in words. Pure: takes a text, returns sentences; only the page
// that shows them knows of them. They are hints: people decide, and nothing here blocks or changes a text.
import { named } from "./names.js";

const LONGEST = 10000; // beyond, a question is far too long anyway
const FEW = "(?:two|three|four|five|six|seven|eight|nine|ten|[2-9]|1[0-2])";
const GROUP = "(?:team|group|department|crew|shift|office|unit|squad|lab|desk|workshop|branch)";
const BYE =
  "(?:cheers|thanks|thank you|many thanks|(?:all the |my )?best|(?:best |kind |warm )?regards|(?:best |warm )?wishes|sincerely|yours|love|greetings|signed)";
const OWN_LINE = "(?:\\p{Lu}[\\p{L}.'’-]*[ \\t]*){1,3}";
const NOT_INITIALS = /^(?:U\.S\.|U\.K\.|E\.U\.|U\.N\.|P\.S\.|N\.B\.|A\.I\.|H\.R\.|I\.T\.|Q\.A\.|P\.R\.|R\.D\.|U\.S\.A\.)$/u;
const NOT_A_PERSONS = /^(?:FY|ISO|RFC|DIN|EN|IEC|CVE|UTF|HTTP|SHA|CO|Q)-?\d/u;

const DATE = /^(?:\d{4}[-./ ]\d{1,2}[-./ ]\d{1,2}|\d{1,2}[-./ ]\d{1,2}[-./ ]\d{2,4})$/;
const YEARS = /^(?:(?:19|20)\d\d\D+)+(?:19|20)\d\d$/;
const THOUSANDS = /^\d{1,3}(?:[ .]\d{3})+$/;

function isPhone(text) {
  const digits = text.replace(/\D/g, "").length;
  return digits >= 7 && digits <= 15 && ![DATE, YEARS, THOUSANDS].some((other) => other.test(text));
}

// In this order: what an earlier one took, a later one leaves alone. `found` is group 1, or all of it.
const LOOKS = [
  { pattern: /[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu, words: "is an e-mail address: it may tell who you are or whom you mean." },
  { pattern: /(?<![\p{L}\p{N}@._-])@[\p{L}\p{N}_][\p{L}\p{N}._-]*[\p{L}\p{N}_]/gu, words: "names an account: it may tell who you are or whom you mean." },
  { pattern: new RegExp(`(?:^|[\\n.?!,;])\\s*(${BYE}[,!.]?[ \\t–—-]*\\s${OWN_LINE})\\s*$`, "iu"), capitals: true, words: "looks like a signature." },
  { pattern: /(?:^|\n)\s*((?:[–—~]|--?)[ \t]*(?:\p{Lu}[\p{L}.'’-]*[ \t]*){1,3})\s*$/u, words: "looks like a signature." },
  { pattern: /(?:\n\s*|[.?!]\s+)((?:\p{Lu}\.?){1,3})\s*$/u, words: "looks like initials." },
  { pattern: /(?<![\p{L}.])(?:\p{Lu}\.){2,3}(?!\p{L})/gu, keep: (found) => !NOT_INITIALS.test(found), words: "looks like initials." },
  { pattern: /(?<![\p{L}\p{N}])(?:employee|staff|personnel|badge|payroll)[ \t]*(?:no\.?|number|nr\.?|id)?[ \t]*[:#]?[ \t]*[A-Z]{0,3}-?\d{2,}/giu, words: "looks like the number of one person." },
  { pattern: /(?<![\p{L}\p{N}-])[A-Z]{1,3}-?\d{4,8}(?![\p{L}\p{N}])/gu, keep: (found) => !NOT_A_PERSONS.test(found), words: "looks like the number of one person or one thing." },
  { pattern: /(?<![\p{L}\p{N}])\(?(?:\+|00)?\d[\d ()./-]{5,24}\d(?![\p{L}\p{N}])/gu, keep: isPhone, words: "looks like a phone number." },
  { pattern: new RegExp(`(?<!\\p{L})(?:my|our|a|the)\\s+(?:small\\s+|little\\s+|tiny\\s+)?${GROUP}\\s+of\\s+(?:just\\s+|only\\s+)?${FEW}(?!\\p{L})`, "giu"), words: "may tell who you are: few can say it." },
  { pattern: new RegExp(`(?<!\\p{L})(?:the\\s+${FEW}\\s+of\\s+us|we\\s+are\\s+(?:just\\s+|only\\s+)?${FEW}|(?:my|our)\\s+${FEW}[ -](?:person|people|man|woman)\\s+${GROUP})(?!\\p{L})`, "giu"), words: "may tell who you are: few can say it." },
  { pattern: /(?<!\p{L})(?:(?:I\s+am|I['’]m|being|as)\s+the\s+only(?:\s+\p{L}+){1,3}|only\s+(?:one|person|woman|man)\s+(?:in|on|of)\s+(?:my|our|the)\s+\p{L}+)/giu, words: "may tell who you are: few can say it." },
];

function look(text, { pattern, keep = () => true, capitals = false }) {
  const matches = pattern.global ? Array.from(text.matchAll(pattern)) : [text.match(pattern)].filter(Boolean);
  const places = matches.map((match) => {
    const found = (match[1] ?? match[0]).trim();
    return { start: match.index + match[0].indexOf(found), found };
  });
  // A pattern that takes words in any case still wants a name, with a capital, behind them.
  const wanted = capitals ? places.filter(({ found }) => /[\s,–—-]\p{Lu}[\p{L}.'’-]*$/u.test(found)) : places;
  return wanted.filter(({ found }) => keep(found)).map(({ start, found }) => ({ start, end: start + found.length }));
}

/** What may tell who asks or is meant: [{ found, words }] in the text's order, each once. `index` is a nameIndex. */
export function hints(text, index) {
  const read = text.slice(0, LONGEST);
  const taken = [];
  const take = (places, words) => {
    for (const { start, end } of places) {
      const free = taken.every((other) => end <= other.start || start >= other.end);
      if (free) taken.push({ start, end, found: read.slice(start, end).replace(/\s+/gu, " "), words });
    }
  };
  for (const one of LOOKS) take(look(read, one), one.words);
  take(named(read, index), "may tell who you are or whom you mean.");
  taken.sort((one, other) => one.start - other.start);
  const each = new Map();
  for (const { found, words } of taken) {
    const key = `${found.toLowerCase()}\n${words}`;
    if (!each.has(key)) each.set(key, { found, words });
  }
  return [...each.values()];
}
