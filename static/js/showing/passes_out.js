// The passes that were taken out of this browser: each as a text and as a code for a phone’s camera.
import { squares } from "../bundles/qr.js";
import { takeBack, takenOut, takeOut } from "../bundles/passes_more.js";

/** Take one more out, and show it. */
export async function takeOneOut(host, owner) {
  const index = await takeOut(owner);
  await showOut(host, owner);
  host.querySelector(`[data-index="${index}"]`).focus();
}

/** Take back the one beside `button`. */
export async function takeOneBack(host, owner, button) {
  await takeBack(owner, Number(button.closest("[data-index]").dataset.index));
  await showOut(host, owner);
  host.querySelector("[data-act='take-out']").focus();
}

/** Show all that are out. */
export async function showOut(host, owner) {
  const template = host.querySelector('template[data-part="pass"]').content.firstElementChild;
  const passes = await takenOut(owner, host.dataset.address);
  host.querySelector('[data-part="out"]').replaceChildren(...passes.map((pass) => item(template.cloneNode(true), pass)));
}

function item(made, { index, text }) {
  made.dataset.index = index;
  const code = made.querySelector("code");
  [code.id, code.textContent] = [`pass-out-${index}`, text];
  made.querySelector("copy-button").setAttribute("from", code.id);
  const rows = squares(text);
  made.querySelector("svg").setAttribute("viewBox", `0 0 ${rows.length} ${rows.length}`);
  const dark = rows.flatMap((row, y) => row.flatMap((square, x) => (square ? [`M${x} ${y}h1v1h-1z`] : [])));
  made.querySelector("path").setAttribute("d", dark.join(""));
  return made;
}
