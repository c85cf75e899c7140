// <vote-button slot="3">: a quiet switch for one question, worked with this reader's pass for its slot. Whether it is on is
// known to this browser only, and the request to the server says nothing of who sends it.
import { announce } from "../announce.js";
import { holdingOf, PassError, vote, voteOf } from "../bundles/passes.js";

const LATER = "You can vote from the next page on: your passes are only just being fetched, and the two stay apart.";
const COUNTED = "Counted when new questions appear next.";
const TAKEN_BACK = "Taken back. It is not counted when new questions appear next.";
const UNEXPECTED = "Something went wrong in this page, and your vote stands as it was. Load the page again.";
let places = 0;

customElements.define("vote-button", class extends HTMLElement {
  async connectedCallback() {
    const holder = document.querySelector("pass-holder");
    if (!holder || !globalThis.crypto?.subtle) return;
    const { issuer, person, quarter } = holder.dataset;
    this.pass = { issuer, person, quarter, slot: Number(this.getAttribute("slot")) };
    // Passes that arrive while this page is open wait for the next: fetching and voting are not to be one visit.
    const { token, wanted } = await voteOf(this.pass).catch(() => ({}));
    if (token) this.build(wanted);
    else if (await this.mayHaveOne() && document.querySelector("vote-button") === this) this.replaceChildren(this.note(LATER));
  }

  // Not where passes are elsewhere or spoiled, which is said already, nor where nothing is kept between pages.
  async mayHaveOne() {
    const kept = await holdingOf(this.pass).catch(() => ({ spoiled: true }));
    return !kept?.elsewhere && !kept?.spoiled;
  }

  build(wanted) {
    this.button = Object.assign(document.createElement("button"), { type: "button", className: "vote" });
    this.button.textContent = "I want this answered";
    this.button.setAttribute("aria-pressed", String(wanted));
    const question = this.closest("li, article, main")?.querySelector(".question-text");
    if (question) this.button.setAttribute("aria-describedby", (question.id ||= `asked-${++places}`));
    this.button.addEventListener("click", this);
    this.said = this.note("");
    this.replaceChildren(this.button, this.said);
  }

  note(text) {
    return Object.assign(document.createElement("span"), { className: "small soft", textContent: text });
  }

  async handleEvent() {
    if (this.sending) return;
    const wanted = this.button.getAttribute("aria-pressed") === "false";
    this.busy(true);
    try {
      await vote({ ...this.pass, wanted });
      this.button.setAttribute("aria-pressed", String(wanted));
      this.say(wanted ? COUNTED : TAKEN_BACK);
    } catch (error) {
      this.say(error instanceof PassError ? error.message : UNEXPECTED);
    }
    this.busy(false);
  }

  busy(sending) {
    this.sending = sending;
    this.button.setAttribute("aria-disabled", String(sending));
  }

  say(words) {
    this.said.textContent = words;
    announce(words);
  }
});
