// "Merged while you were away": both wordings of each paragraph that two people changed, side by side, to be copied.
import { announce } from "../../announce.js";
import { copying } from "./copying.js";

const HEADING = "Merged while you were away";
const EXPLAINED = "You and somebody else changed the same words while this page had no contact. The text holds both changes. "
  + "Here is each wording as it was: put right what reads badly.";

function made(tag, text, className = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  if (className) element.className = className;
  return element;
}

function wording(title, text) {
  const side = made("div", "", "stack");
  const words = made("p", text || "(removed)", "prose prose-typed");
  const copy = copying(`Copy ${title.toLowerCase()}`, () => text);
  side.append(made("h4", title), words, copy);
  return side;
}

function nameOf(part) {
  const [root, key, field] = part.split("/");
  if (root === "priorities") {
    const input = Array.from(document.querySelectorAll('[name$="-key"]')).find(({ value }) => value === key);
    const title = input?.closest("[data-row]")?.querySelector('[name$="-title"]').value;
    return title ? `Priority “${title}”` : "A priority";
  }
  if (field) return "What became of a promise";
  return document.querySelector(`label[for="${root}"]`)?.textContent ?? "A text";
}

/** Show `apart` ([{part, mine, theirs}]) at the top of `place`, until it is closed. */
export function showMerged(place, apart) {
  if (!apart.length) return;
  const notice = made("section", "", "merged-away notice stack");
  notice.setAttribute("aria-label", HEADING);
  notice.append(made("h2", HEADING, "minor"), made("p", EXPLAINED));
  apart.forEach(({ part, mine, theirs }) => {
    const pair = made("div", "", "merged-pair");
    pair.append(wording("Your wording", mine), wording("Their wording", theirs));
    notice.append(made("h3", nameOf(part)), pair);
  });
  const close = made("button", "I have looked at it", "button");
  close.type = "button";
  close.dataset.kind = "secondary";
  close.addEventListener("click", () => notice.remove());
  notice.append(close);
  place.prepend(notice);
  announce(`${HEADING}: ${apart.map(({ part }) => nameOf(part)).join(", ")}.`);
}
