// Parts of the page that the server renders anew with every save.
import { announce } from "../announce.js";

const typed = (part) => [...part.querySelectorAll("textarea")].map(({ id, value }) => [id, value]);

const where = ({ id, tagName, textContent, selectionStart, selectionEnd }) => ({ id, tagName, textContent, selectionStart, selectionEnd });

/** Put the focus where it was: into the same field, else on a button, else on a link. */
function putBack(part, { id, tagName, textContent, selectionStart, selectionEnd }) {
  const alike = (one) => (id ? one.id === id : one.tagName === tagName && one.textContent === textContent);
  const found = [...part.querySelectorAll("textarea, button, a, input, summary")];
  const place = found.find(alike) ?? part.querySelector("button") ?? part.querySelector("a");
  place?.focus();
  if (place?.setSelectionRange && selectionStart !== undefined) place.setSelectionRange(selectionStart, selectionEnd);
}

/** Put `html` into the element of that id, for each of `parts`; a part without any stays as it is, and so does what was typed. */
export function showParts(parts) {
  Object.entries(parts).filter(([, html]) => html).forEach(([id, html]) => {
    const part = document.getElementById(id);
    const focused = part.contains(document.activeElement) && where(document.activeElement);
    const kept = typed(part);
    part.innerHTML = html;
    kept.forEach(([name, value]) => { if (document.getElementById(name)) document.getElementById(name).value = value; });
    if (focused) putBack(part, focused);
    if (id === "merged") announce(part.querySelector("p").textContent);
  });
}
