// Whether somebody is pressing something just now. Were its part of the page shown anew meanwhile, the press would end on
// another button than it began on, and nothing would happen.
const LONGEST = 3_000;
let pressed = false;

const note = ({ type }) => { pressed = type === "pointerdown"; };
["pointerdown", "pointerup", "pointercancel"].forEach((type) => addEventListener(type, note, true));

/** Resolves once no press is under way and its click was heard; one that lasts, as when text is selected, is not waited for. */
export async function released() {
  if (!pressed) return;
  await new Promise((resolve) => {
    ["pointerup", "pointercancel"].forEach((type) => addEventListener(type, resolve, { once: true }));
    setTimeout(resolve, LONGEST);
  });
  await new Promise((resolve) => { setTimeout(resolve); });
}
