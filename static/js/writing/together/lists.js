// Enter within a list or a quotation goes on with it; Enter on an empty item ends it.
import { EditorSelection } from "../../bundles/editor.js";

const ITEM = /^(\s*)(?:([-*+])|(\d{1,9})([.)])|(>))(\s+)/;

function nextMark([, indent, bullet, number, sign, quote, gap]) {
  const mark = bullet ?? quote ?? `${Number(number) + 1}${sign}`;
  return `${indent}${mark}${gap}`;
}

/** The numbers of the items that follow an inserted one: each one more. */
function renumbered(state, line, [, indent, , number, sign]) {
  const changes = [];
  for (let at = line.number + 1, expected = Number(number) + 1; at <= state.doc.lines; at += 1, expected += 1) {
    const next = state.doc.line(at);
    const found = next.text.match(ITEM);
    if (found?.[1] !== indent || found[3] !== String(expected) || found[4] !== sign) break;
    const from = next.from + indent.length;
    changes.push({ from, to: from + found[3].length, insert: String(expected + 1) });
  }
  return changes;
}

/** A command for Enter: whether it did something. */
export function continueList(view) {
  const { state } = view;
  const { main, ranges } = state.selection;
  const line = state.doc.lineAt(main.head);
  const item = line.text.match(ITEM);
  if (!main.empty || ranges.length > 1 || !item || main.head < line.from + item[0].length) return false;
  if (!line.text.slice(item[0].length).trim()) {
    view.dispatch({ changes: { from: line.from, to: line.to }, userEvent: "delete" });
    return true;
  }
  const insert = `\n${nextMark(item)}`;
  const changes = [{ from: main.head, insert }, ...(item[3] ? renumbered(state, line, item) : [])];
  view.dispatch({
    changes, selection: EditorSelection.cursor(main.head + insert.length), scrollIntoView: true, userEvent: "input",
  });
  return true;
}
