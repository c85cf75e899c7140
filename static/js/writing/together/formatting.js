// What the buttons above a text do to its Markdown: marks around words, marks before lines.
import { EditorSelection } from "../../bundles/editor.js";

const done = (view, change) => {
  view.dispatch(view.state.update(change, { scrollIntoView: true, userEvent: "input" }));
  view.focus();
  return true;
};

const around = (state, { from, to }, mark) => (
  state.sliceDoc(from - mark.length, from) === mark && state.sliceDoc(to, to + mark.length) === mark
);

// A single star beside the selection may be half of the two that mark bold words.
function marked(state, range, mark) {
  if (mark !== "*" || !around(state, range, "**")) return around(state, range, mark);
  return around(state, range, "***");
}

/** Put `mark` around what is selected, or around the cursor; take it away where it is there. */
export const wrap = (mark) => (view) => done(view, view.state.changeByRange((range) => {
  const { state } = view;
  const { from, to } = range;
  const size = mark.length;
  if (marked(state, range, mark)) {
    const changes = [{ from: from - size, to: from }, { from: to, to: to + size }];
    return { changes, range: EditorSelection.range(range.anchor - size, range.head - size) };
  }
  // At the end of marked words the same key leads out of them.
  const leaves = from === to && state.sliceDoc(from, from + size) === mark && state.sliceDoc(from - 1, from).trim();
  if (leaves) return { range: EditorSelection.cursor(from + size) };
  const changes = [{ from, insert: mark }, { from: to, insert: mark }];
  return { changes, range: EditorSelection.range(range.anchor + size, range.head + size) };
}));

function linesOf(state) {
  const { from, to } = state.selection.main;
  const lines = [];
  for (let at = from; at <= to;) {
    const line = state.doc.lineAt(at);
    lines.push(line);
    at = line.to + 1;
  }
  return lines;
}

const BLOCK = /^(?:#{1,6}\s+|[-*+]\s+|\d{1,9}[.)]\s+|>\s?)/;

/** Begin each selected line with what `mark(place)` gives, instead of another such mark; take it away where all have it. */
export const begin = (pattern, mark) => (view) => {
  const { state } = view;
  const lines = linesOf(state);
  const written = lines.filter(({ text }) => text.trim() || lines.length === 1);
  const off = written.every(({ text }) => pattern.test(text));
  const changes = written.map(({ from, text }, place) => {
    const there = text.match(BLOCK)?.[0].length ?? 0;
    return { from, to: from + there, insert: off ? "" : mark(place) };
  });
  const { anchor, head } = state.selection.main;
  const [from, to] = [anchor, head].map((position) => state.changes(changes).mapPos(position, 1));
  return done(view, { changes, selection: EditorSelection.single(from, to) });
};

/** Make what is selected a link, and put the cursor where the address goes; the cursor stands in the words if there are none. */
export const link = (view) => {
  const { state } = view;
  const { from, to } = state.selection.main;
  const words = state.sliceDoc(from, to);
  const isAddress = /^https?:\/\/\S+$/.test(words);
  const insert = isAddress ? `[](${words})` : `[${words}]()`;
  const cursor = isAddress || !words ? from + 1 : from + insert.length - 1;
  return done(view, { changes: { from, to, insert }, selection: EditorSelection.cursor(cursor) });
};
