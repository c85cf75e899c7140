// A text of the shared document in an editor: what is typed goes into the text, what others write comes into the editor.
import { Annotation, EditorSelection, UndoManager, ViewPlugin } from "../../bundles/editor.js";

const fromDocument = Annotation.define();
const TOGETHER = 500; // keystrokes within so many milliseconds are undone together

function changesOf(delta) {
  const changes = [];
  let at = 0;
  delta.forEach(({ retain = 0, insert, delete: removed = 0 }) => {
    if (insert !== undefined) changes.push({ from: at, insert });
    if (removed) changes.push({ from: at, to: at + removed });
    at += retain + removed;
  });
  return changes;
}

class Binding {
  constructor(view, text, origin, undo) {
    Object.assign(this, { text, origin });
    this.observer = (event, { origin: from }) => {
      if (from === origin) return;
      const changes = view.state.changes(changesOf(event.delta));
      view.dispatch({ changes, annotations: fromDocument.of(true) });
      if (from === undo) this.lookAt(view, changes);
    };
    text.observe(this.observer);
  }

  /** After undoing, the cursor stands where that changed something. */
  lookAt(view, changes) {
    let end = null;
    changes.iterChangedRanges((_fromA, _toA, _fromB, toB) => { end = toB; });
    if (end !== null) view.dispatch({ selection: EditorSelection.cursor(end), scrollIntoView: true });
  }

  update({ docChanged, changes, transactions }) {
    if (!docChanged || transactions.some((one) => one.annotation(fromDocument))) return;
    const { text } = this;
    text.doc.transact(() => {
      let moved = 0;
      changes.iterChanges((from, to, _fromB, _toB, inserted) => {
        if (to > from) text.delete(from + moved, to - from);
        if (inserted.length) text.insert(from + moved, inserted.sliceString(0, inserted.length, "\n"));
        moved += inserted.length - (to - from);
      });
    }, this.origin);
  }

  destroy() {
    this.text.unobserve(this.observer);
  }
}

/** What binds an editor to `text`, and undoes only what was typed into it here: {extension, undo}. */
export function binding(text) {
  const origin = Symbol("typed into the editor");
  const undo = new UndoManager(text, { trackedOrigins: new Set([origin]), captureTimeout: TOGETHER });
  return { extension: ViewPlugin.define((view) => new Binding(view, text, origin, undo)), undo };
}
