// Says something once to people who listen to the page: fills its polite region, then empties it again.
const PAUSE = 150;
const STAY = 6000;
let waiting = [];
let clearing;

/** Announce `text`; texts that arrive together are read together. */
export function announce(text) {
  waiting.push(text);
  if (waiting.length > 1) return;
  // A region is read only when it changes after it was seen empty.
  setTimeout(() => {
    const region = document.getElementById("announcements");
    if (region) region.textContent = waiting.join(" ");
    waiting = [];
    clearTimeout(clearing);
    clearing = setTimeout(() => region?.replaceChildren(), STAY);
  }, PAUSE);
}
