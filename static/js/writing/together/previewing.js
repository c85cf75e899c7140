// What readers will see of a text, beside it: asked of the server when the writing pauses.
import { EditorView } from "../../bundles/editor.js";
import { follow } from "./following.js";

const PAUSE = 200;

/** Keep the `markdown-preview` of `field` up to date with its editor; `counted(text)` hears of each pause too. */
export function previewing(field, counted) {
  const preview = document.querySelector(`markdown-preview[for="${field.id}"]`);
  const frame = preview?.closest(".preview");
  let pausing;
  const refresh = async (view) => {
    const text = view.state.doc.toString();
    counted(text);
    if (!preview) return;
    await preview.refresh();
    follow(view, preview.page, frame);
  };
  const listener = EditorView.updateListener.of(({ docChanged, selectionSet, focusChanged, view }) => {
    if (docChanged) {
      clearTimeout(pausing);
      pausing = setTimeout(() => refresh(view), PAUSE);
    } else if (preview && (selectionSet || focusChanged)) {
      requestAnimationFrame(() => follow(view, preview.page, frame));
    }
  });
  const ready = (view) => {
    counted(view.state.doc.toString());
    if (!preview) return;
    preview.source = () => view.state.doc.toString();
    if (view.state.doc.toString() !== field.defaultValue) preview.refresh();
  };
  return { listener, ready };
}
