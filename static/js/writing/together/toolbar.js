// A quiet bar of words above a text. One stop for Tab; arrows move within it, Escape goes back to the text.
import { ACTIONS, shownKey, spokenKey } from "./actions.js";

const STEPS = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity };

/** A button for `run(view)`, with its key beside it. */
export function buttonFor({ name, key, run }, view) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", textContent: name, title: `${name} (${shownKey(key)})`, tabIndex: -1 });
  button.setAttribute("aria-keyshortcuts", spokenKey(key));
  // The selection stays in the text.
  button.addEventListener("mousedown", (event) => event.preventDefault());
  button.addEventListener("click", () => run(view));
  return button;
}

function moved(bar, event, view) {
  if (event.key === "Escape") return view.focus();
  const step = STEPS[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const buttons = Array.from(bar.children);
  const next = buttons[Math.max(0, Math.min(buttons.length - 1, buttons.indexOf(document.activeElement) + step))];
  buttons.forEach((button) => { button.tabIndex = button === next ? 0 : -1; });
  next.focus();
}

/** The bar for `view`; `name` is its text's. */
export function toolbar(view, name) {
  const bar = document.createElement("div");
  bar.className = "toolbar";
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", `Format: ${name}`);
  bar.append(...ACTIONS.map((action) => buttonFor(action, view)));
  bar.firstElementChild.tabIndex = 0;
  bar.addEventListener("keydown", (event) => moved(bar, event, view));
  return bar;
}
