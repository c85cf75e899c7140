// Putting another text into a field while somebody works in it: only what differs is replaced,
// the cursor stays at its word, and undo still knows the way back where the browser allows it.
import { difference, moved } from "./differences.js";

/** Make `field` say `text`; tells listeners by an input event if that changed anything. */
export function replaceText(field, text) {
  if (field.value === text) return;
  if (document.activeElement !== field || field.selectionStart === null) {
    field.value = text;
  } else {
    const change = difference(field.value, text);
    const { selectionStart, selectionEnd, selectionDirection, scrollTop } = field;
    field.setSelectionRange(change.start, change.end);
    // Old, but the only way that keeps the undo history.
    const done = document.execCommand(change.text ? "insertText" : "delete", false, change.text);
    if (!done || field.value !== text) field.value = text;
    field.setSelectionRange(moved(selectionStart, change), moved(selectionEnd, change), selectionDirection);
    field.scrollTop = scrollTop;
  }
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
