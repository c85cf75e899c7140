// A text of the shared document in an ordinary field: typed words go in where they were typed, others' come in beside the cursor.
import { UndoManager } from "../../bundles/editor.js";
import { difference, moved } from "../differences.js";

const TOGETHER = 500; // milliseconds within which keystrokes are undone together
const TYPES = ["input", "compositionstart", "compositionend", "keydown"];

function edit(text, { start, end, text: words }, origin) {
  text.doc.transact(() => {
    if (end > start) text.delete(start, end - start);
    if (words) text.insert(start, words);
  }, origin);
}

/** What made `before` into `after` is done to `text`, which may have become something else than `before` meanwhile. */
export function redo(text, before, after, origin = null) {
  const change = difference(before, after);
  const since = difference(before, text.toString());
  edit(text, { ...change, start: moved(change.start, since), end: moved(change.end, since) }, origin);
}

function show(field, words) {
  if (field.value === words) return;
  const change = difference(field.value, words);
  const { selectionStart, selectionEnd, selectionDirection, scrollTop } = field;
  const focused = document.activeElement === field;
  field.value = words;
  if (focused) field.setSelectionRange(moved(selectionStart, change), moved(selectionEnd, change), selectionDirection);
  field.scrollTop = scrollTop;
}

/** One field and one text. Words that are being composed (accents, Chinese, Japanese) go in when they are done. */
class FieldBinding {
  constructor(field, text) {
    Object.assign(this, { field, text, origin: Symbol("typed into a field"), shown: text.toString() });
    this.undo = new UndoManager(text, { trackedOrigins: new Set([this.origin]), captureTimeout: TOGETHER });
    this.observer = (_event, { origin }) => origin !== this.origin && this.show();
    text.observe(this.observer);
    TYPES.forEach((type) => field.addEventListener(type, this));
    this.show();
  }

  handleEvent(event) {
    if (event.type === "keydown") return this.key(event);
    this.composing = event.type === "compositionstart" || (this.composing && event.type === "input");
    if (!this.composing) this.typed();
  }

  typed() {
    redo(this.text, this.shown, this.field.value, this.origin);
    this.show();
  }

  show() {
    if (this.composing) return;
    this.shown = this.text.toString();
    show(this.field, this.shown);
  }

  key(event) {
    const key = event.key.toLowerCase();
    if (!(event.ctrlKey || event.metaKey) || event.altKey || !["z", "y"].includes(key)) return;
    event.preventDefault();
    if (key === "y" || event.shiftKey) this.undo.redo();
    else this.undo.undo();
  }

  end() {
    TYPES.forEach((type) => this.field.removeEventListener(type, this));
    this.text.unobserve(this.observer);
    this.undo.destroy();
  }
}

/** Bind `field`, an input or textarea, to `text`. Returns what undoes the binding. */
export function bindField(field, text) {
  const bound = new FieldBinding(field, text);
  return () => bound.end();
}

/** Bind controls of which one value is chosen (a select, radio buttons) to `name` of `map`. `read`, `show`: theirs. */
export function bindChoice(element, map, name, { read, show: put }) {
  const listening = new AbortController();
  const changed = () => read() !== map.get(name) && map.set(name, read());
  const observer = ({ keysChanged }) => keysChanged.has(name) && put(map.get(name));
  element.addEventListener("change", changed, { signal: listening.signal });
  map.observe(observer);
  put(map.get(name));
  return () => {
    listening.abort();
    map.unobserve(observer);
  };
}
