// <save-state>: "Saving…", "Saved 14:02 CEST", "Not saved: reason". Whatever saves calls saving(), saved() or failed(reason);
// where several write at once, also sending() and notSent(): "Kept on this device, sending", "Not sent for 3 minutes: reason".
import { announce } from "../announce.js";

const timeZone = document.documentElement.dataset.zone;
const clock = new Intl.DateTimeFormat(document.documentElement.lang || "en", {
  hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone,
});

// Each English knows the names of its own zones only ("CEST", "EDT"), and gives the others as "GMT+9".
const zones = ["en-US", "en-CA", "en-AU", "en-GB"].map(
  (locale) => new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: "short" }),
);

function zoneName(at) {
  const names = zones.map((zone) => zone.formatToParts(at).find((part) => part.type === "timeZoneName").value);
  return names.find((name) => !name.startsWith("GMT+") && !name.startsWith("GMT-")) ?? names[0];
}

customElements.define("save-state", class extends HTMLElement {
  saving() {
    this.show("saving", "Saving…");
  }

  /** `at`: when the server stored it (a Date). */
  saved(at) {
    this.show("saved", `Saved ${clock.format(at)} ${zoneName(at)}`);
    if (this.failing) announce("Saved again");
    this.failing = false;
  }

  /** `reason`: a sentence that says why, and what happens next. Announced once, not at every retry. */
  failed(reason) {
    this.notSent("Not saved", reason);
  }

  /** What was typed is on its way; `kept`: and on this device. */
  sending(kept) {
    this.show("sending", kept ? "Kept on this device, sending" : "Sending");
  }

  /** `since`: "Not sent for 3 minutes"; `reason` as in failed(). */
  notSent(since, reason) {
    const words = `${since}: ${reason}`;
    if (!this.failing) announce(words);
    this.failing = true;
    this.show("failed", words);
  }

  show(state, words) {
    // While a failure is being retried it stays in sight.
    if (state === "saving" && this.dataset.state === "failed") return;
    this.dataset.state = state;
    this.textContent = words;
  }
});
