// Pasting into an editor: from word processors and pages it becomes Markdown, and Markdown stays as it is.
import { EditorSelection, EditorView } from "../../bundles/editor.js";
import { announce } from "../../announce.js";
import { pasted } from "../paste/pasted.js";

const STAY = 12_000;

function say(view, note) {
  const line = document.createElement("p");
  line.className = "paste-note";
  line.textContent = note;
  view.dom.after(line);
  setTimeout(() => line.remove(), STAY);
  announce(note);
}

/** What must stand around `markdown`: blocks stand on lines of their own, a few words go where the cursor is. */
function around(state, { from, to }, markdown) {
  if (!markdown.includes("\n") && !/^(?:#|[-*>] |\d+\. )/.test(markdown)) return ["", ""];
  const before = state.sliceDoc(state.doc.lineAt(from).from, from);
  const after = state.sliceDoc(to, state.doc.lineAt(to).to);
  return [before, after].map((words) => (words.trim() ? "\n\n" : ""));
}

function put(view, markdown, blocks) {
  const { state } = view;
  view.dispatch(state.changeByRange((range) => {
    const [before, after] = blocks ? around(state, range, markdown) : ["", ""];
    const changes = { from: range.from, to: range.to, insert: state.toText(before + markdown + after) };
    return { changes, range: EditorSelection.cursor(range.from + before.length + markdown.length) };
  }), { userEvent: "input.paste", scrollIntoView: true });
}

export const pasting = EditorView.domEventHandlers({
  paste(event, view) {
    const { clipboardData } = event;
    if (!clipboardData) return false;
    const html = clipboardData.getData("text/html");
    const { markdown, note } = pasted(html, clipboardData.getData("text/plain"));
    if (note) say(view, note);
    if (markdown) put(view, markdown, Boolean(html));
    event.preventDefault();
    return true;
  },
});
