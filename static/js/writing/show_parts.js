// Parts of the page that the server renders anew with every save.
import { announce } from "../announce.js";

/** Put `html` into the element of that id, for each of `parts`; a part without any stays as it is. */
export function showParts(parts) {
  Object.entries(parts).filter(([, html]) => html).forEach(([id, html]) => {
    const part = document.getElementById(id);
    const focused = part.contains(document.activeElement);
    part.innerHTML = html;
    if (focused) part.querySelector("button, a")?.focus();
    if (id === "merged") announce(part.querySelector("p").textContent);
  });
}
