// One text in an editor: Markdown as it is typed, looking a little like what it will be.
import { defaultKeymap, EditorState, EditorView, keymap, Prec } from "../../bundles/editor.js";
import { binding } from "./binding.js";
import { marks } from "./marks.js";
import { others } from "./others.js";

// The bar at the foot of the page, and the one above the text, cover nothing that has the cursor.
const MARGINS = { top: 72, bottom: 110 };

// Undo takes back what was typed here, never what others wrote.
function undoKeys(undo) {
  const done = (step) => () => (undo[step](), true);
  return [
    { key: "Mod-z", run: done("undo"), preventDefault: true },
    { key: "Mod-y", mac: "Mod-Shift-z", run: done("redo"), preventDefault: true },
    { key: "Mod-Shift-z", run: done("redo"), preventDefault: true },
  ];
}

/** An editor for `text` in `parent`; `attributes` describe it to those who hear the page. */
export function editorFor(text, parent, { attributes, keys = [], extensions = [] }) {
  const { extension, undo } = binding(text);
  const state = EditorState.create({
    doc: text.toString(),
    extensions: [
      EditorState.lineSeparator.of("\n"),
      EditorView.lineWrapping,
      EditorView.scrollMargins.of(() => MARGINS),
      EditorView.contentAttributes.of({ spellcheck: "true", autocorrect: "on", autocapitalize: "sentences", ...attributes }),
      Prec.high(keymap.of([...keys, ...undoKeys(undo)])),
      keymap.of(defaultKeymap),
      marks,
      others,
      ...extensions,
      extension,
    ],
  });
  const view = new EditorView({ state, parent });
  view.contentDOM.addEventListener("blur", () => undo.stopCapturing());
  return view;
}
