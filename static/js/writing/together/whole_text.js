// Everything that is written on the page, as one text in Markdown.
import { rowsOf, TEXTS, textOf } from "./document.js";

const labelOf = (name) => document.querySelector(`label[for="${name}"]`)?.textContent.trim() ?? name;

/** The texts under their headings, then the priorities, then the private notes. */
export function wholeText(shared) {
  const part = (name) => [`# ${labelOf(name)}`, textOf(shared, name).toString().trim()];
  const rows = rowsOf(shared).map(([, row], at) => {
    const measure = String(row.get("measure")).trim().replaceAll("\n", "\n   ");
    return `${at + 1}. ${row.get("title")}${measure ? `\n   ${measure}` : ""}`;
  });
  const notes = textOf(shared, "private_notes").toString().trim();
  return [
    ...TEXTS.flatMap(part), ...(rows.length ? ["# Each priority", rows.join("\n")] : []), ...(notes ? ["# Private notes", notes] : []),
  ].filter(Boolean).join("\n\n");
}
