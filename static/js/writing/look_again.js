// What is said where somebody decided about words that had not been saved yet: they are to look again first.
import { announce } from "../announce.js";

const NOT_SAVED = "Nothing was done: your last words could not be saved first.";
const SENTENCE = "Your last words were saved first. Look at what follows from them here, then press the button again.";

/** The last words could not be saved. Signing out goes on, since they are kept on this device; what is decided here waits. */
export function notSavedFirst(form) {
  if (form.closest("main")) announce(NOT_SAVED);
  else form.submit();
}

/** Say so at the top of the box in which they decided, which the server has just rendered anew. */
export function lookAgain() {
  const notice = document.createElement("p");
  notice.className = "notice";
  notice.textContent = SENTENCE;
  document.querySelector("#sign-off .sign-off")?.prepend(notice);
  announce(SENTENCE);
}
