// <save-state>: "Saving…", "Saved 14:02", "Not saved: reason". Whatever saves calls saving(), saved() or failed(reason).
import { announce } from "../announce.js";

const clock = new Intl.DateTimeFormat(document.documentElement.lang || "en", {
  hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: document.documentElement.dataset.zone,
});

customElements.define("save-state", class extends HTMLElement {
  saving() {
    this.show("saving", "Saving…");
  }

  /** `at`: when the server stored it (a Date). */
  saved(at) {
    const recovered = this.dataset.state === "failed";
    this.show("saved", `Saved ${clock.format(at)}`);
    if (recovered) announce("Saved again");
  }

  /** `reason`: a sentence that says why, and what happens next. Announced once, not at every retry. */
  failed(reason) {
    const words = `Not saved: ${reason}`;
    if (this.dataset.state !== "failed") announce(words);
    this.show("failed", words);
  }

  show(state, words) {
    // While a failure is being retried it stays in sight.
    if (state === "saving" && this.dataset.state === "failed") return;
    this.dataset.state = state;
    this.textContent = words;
  }
});
