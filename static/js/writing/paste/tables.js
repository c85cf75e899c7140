// A table, from HTML to Markdown: its first row is the header.
import { inline } from "./inline.js";

const MOST_COLUMNS = 20;

const rowsOf = (table) => Array.from(table.querySelectorAll("tr")).filter((row) => row.closest("table") === table);

function cell(element) {
  const header = element.localName === "th" || element.closest("tr") === element.closest("table").querySelector("tr");
  const parts = Array.from(element.children).some((child) => child.matches("p, div, li, ul, ol"))
    ? Array.from(element.querySelectorAll("p, div:not(:has(p, div)), li")) : [element];
  const words = (parts.length ? parts : [element]).map((part) => inline([part], header ? ["strong"] : []));
  return words.filter(Boolean).join(" ").replaceAll("  \n", " ").replaceAll("|", "\\|");
}

/** The Markdown of `table`, or null where it only arranges: one column, or one row. */
export function tableOf(table) {
  const rows = rowsOf(table).map((row) => Array.from(row.children).filter((one) => one.matches("td, th")).map(cell));
  const width = Math.max(0, ...rows.map((row) => row.length));
  if (rows.length < 2 || width < 2 || width > MOST_COLUMNS) return null;
  const line = (cells) => `| ${Array.from({ length: width }, (_none, at) => cells[at] ?? "").join(" | ")} |`;
  return [line(rows[0]), line(Array(width).fill("---")), ...rows.slice(1).map(line)].join("\n");
}
