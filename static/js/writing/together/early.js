// What was typed and chosen on the page before the scripts had arrived.
import { prioritiesOf, TEXTS, textOf } from "./document.js";
import { redo } from "./fields.js";

/** Do to `text`, which may say more by now than the page did, what somebody did to `field`. */
export function takeWords(field, text) {
  if (field.value !== field.defaultValue) redo(text, field.defaultValue, field.value);
}

/** Put what was typed into the texts and the priorities of `form` into the document. */
export function takeEarly(form, shared) {
  TEXTS.forEach((name) => takeWords(form.elements[name], textOf(shared, name)));
  form.querySelectorAll("[data-row]").forEach((row) => {
    const control = (part) => row.querySelector(`[name$="-${part}"]`);
    const there = prioritiesOf(shared).get(control("key").value);
    if (there) takeRow(control, there);
  });
}

function takeRow(control, there) {
  ["title", "measure"].forEach((part) => takeWords(control(part), there.get(part)));
  const owner = control("owner_id");
  const before = Array.from(owner.options).find((option) => option.defaultSelected) ?? owner.options[0];
  if (owner.value !== before?.value) there.set("owner_id", owner.value ? Number(owner.value) : null);
}
