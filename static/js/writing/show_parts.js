// Parts of the page that the server renders anew with every save.
import { announce } from "../announce.js";

const typed = (part) => [...part.querySelectorAll("textarea")].map(({ id, value }) => [id, value]);

/** Put `html` into the element of that id, for each of `parts`; a part without any stays as it is, and so does what was typed. */
export function showParts(parts) {
  Object.entries(parts).filter(([, html]) => html).forEach(([id, html]) => {
    const part = document.getElementById(id);
    const focused = part.contains(document.activeElement);
    const kept = typed(part);
    part.innerHTML = html;
    kept.forEach(([name, value]) => { if (document.getElementById(name)) document.getElementById(name).value = value; });
    if (focused) part.querySelector("button, a")?.focus();
    if (id === "merged") announce(part.querySelector("p").textContent);
  });
}
