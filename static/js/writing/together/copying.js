// A button that copies a text which is made when it is pressed.
import { announce } from "../../announce.js";

const STAY = 4000;

/** Without a clipboard (plain http): a window with the text, selected. */
function shown(text) {
  const dialog = document.createElement("dialog");
  const field = document.createElement("textarea");
  field.readOnly = true;
  field.value = text;
  field.setAttribute("aria-label", "Your text, to be copied");
  const close = document.createElement("button");
  close.className = "button";
  close.textContent = "Close";
  close.addEventListener("click", () => dialog.close());
  dialog.className = "stack";
  dialog.append(field, close);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  field.select();
}

/** A quiet button that says `label` and copies what `text()` gives. */
export function copying(label, text) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "button", textContent: label });
  button.dataset.kind = "quiet";
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text());
    } catch {
      return shown(text());
    }
    button.textContent = "Copied";
    announce("Copied");
    setTimeout(() => { button.textContent = label; }, STAY);
  });
  return button;
}
