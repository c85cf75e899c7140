// What was typed into the form before the scripts had arrived.
import { prioritiesOf, TEXTS, textOf } from "./document.js";
import { redo } from "./fields.js";

/** Put it into the document, which may say more by now than the page did. */
export function takeEarly(form, shared) {
  const take = (field, text) => {
    if (field && text && field.value !== field.defaultValue) redo(text, field.defaultValue, field.value);
  };
  [...TEXTS, "private_notes"].forEach((name) => take(form.elements[name], textOf(shared, name)));
  form.querySelectorAll("[data-row]").forEach((row) => {
    const control = (part) => row.querySelector(`[name$="-${part}"]`);
    const there = prioritiesOf(shared).get(control("key").value);
    ["title", "measure"].forEach((part) => take(control(part), there?.get(part)));
  });
}
