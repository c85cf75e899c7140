// What is said where somebody decided about words that had not been saved yet: they are to look again first.
import { announce } from "../announce.js";

export const NOT_SAVED_FIRST = "Nothing was done: your last words could not be saved first.";
const SENTENCE = "Your last words were saved first. Look at what follows from them here, then press the button again.";

/** Say so at the top of the box in which they decided, which the server has just rendered anew. */
export function lookAgain() {
  const notice = document.createElement("p");
  notice.className = "notice";
  notice.textContent = SENTENCE;
  document.querySelector("#sign-off .sign-off")?.prepend(notice);
  announce(SENTENCE);
}
