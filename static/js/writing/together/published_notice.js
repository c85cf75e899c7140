// The narrative was published while this page was open.
import { announce } from "../../announce.js";

const SENTENCE = "This narrative has been published. What is written here from now on is kept, and readers see it once it is "
  + "published as a correction.";

/** Say so at the top of `place`, unless the page knows it already. Whether it was news. */
export function showPublished(place) {
  if (place.hasAttribute("published")) return false;
  place.setAttribute("published", "");
  const notice = document.createElement("p");
  notice.className = "published-notice notice";
  notice.textContent = SENTENCE;
  place.prepend(notice);
  announce(SENTENCE);
  return true;
}
