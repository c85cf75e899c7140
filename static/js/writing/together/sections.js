// The four texts of the form, each in an editor instead of its textarea.
import { editorFor } from "./editor.js";
import { TEXTS, textOf } from "./document.js";

function described(field, label) {
  label.id ||= `${field.id}-label`;
  const attributes = { "aria-labelledby": label.id, "aria-multiline": "true" };
  const hint = field.getAttribute("aria-describedby");
  return hint ? { ...attributes, "aria-describedby": hint } : attributes;
}

/** Open an editor in the place of `field`. `around(section)` adds what stands around it; returns the editor. */
function open(field, shared, around) {
  const label = document.querySelector(`label[for="${field.id}"]`);
  const place = document.createElement("div");
  place.className = "text-editor";
  const replaced = field.closest("growing-text") ?? field;
  replaced.before(place);
  const { extensions, keys, ready } = around({ field, place, name: label.textContent.trim() });
  const view = editorFor(textOf(shared, field.name), place, { attributes: described(field, label), keys, extensions });
  replaced.hidden = true;
  label.addEventListener("click", () => view.focus());
  if (document.activeElement === field) view.focus();
  ready(view);
  return view;
}

/** Open an editor for each text of `form`; returns them by name. */
export function openSections(form, shared, around) {
  const fields = TEXTS.map((name) => form.elements[name]).filter(Boolean);
  return Object.fromEntries(fields.map((field) => [field.name, open(field, shared, around)]));
}
