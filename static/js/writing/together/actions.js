// The words of the bar above a text, with their keys.
import { begin, link, wrap } from "./formatting.js";

const MAC = /Mac|iP(?:hone|ad)/.test(navigator.platform);

/** `key` as CodeMirror names it. */
export const ACTIONS = [
  { name: "Bold", key: "Mod-b", run: wrap("**") },
  { name: "Italic", key: "Mod-i", run: wrap("*") },
  { name: "Heading", key: "Mod-Alt-2", run: begin(/^## /, () => "## ") },
  { name: "List", key: "Mod-Shift-8", run: begin(/^[-*+] /, () => "- ") },
  { name: "Numbered", key: "Mod-Shift-7", run: begin(/^\d{1,9}[.)] /, (place) => `${place + 1}. `) },
  { name: "Quote", key: "Mod-Shift-9", run: begin(/^> ?/, () => "> ") },
  { name: "Link", key: "Mod-k", run: link },
];

const parts = (key) => key.split("-").map((part) => (part.length === 1 ? part.toUpperCase() : part));

/** "Ctrl+B", or with the sign of this machine. */
export const shownKey = (key) => parts(key).map((part) => (part === "Mod" ? (MAC ? "⌘" : "Ctrl") : part)).join("+");

/** As aria-keyshortcuts has it: "Control+B". */
export const spokenKey = (key) => parts(key).map((part) => (part === "Mod" ? (MAC ? "Meta" : "Control") : part)).join("+");

/** The keys for an editor. */
export const keysOf = (actions) => actions.map(({ key, run }) => ({ key, run, preventDefault: true }));
