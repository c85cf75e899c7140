// <your-passes data-issuer data-person data-quarter data-address>: what this browser holds for the quarter, and the four things
// that can be done with it. All of it happens here; nothing on this page tells the server what was done.
import { clearErrors, showErrors } from "../error-summary.js";
import { holdingOf, isAsk, MalformedReceipt, NoCryptography, PassError } from "../bundles/passes.js";
import { forget, OtherPasses, recoveryCode, restore } from "../bundles/passes_more.js";

// Fetched for everybody: fetched by those who take a pass out, they would tell the server who does.
const out = import("../showing/passes_out.js");
const NO_STORE = "This browser keeps nothing between pages, as in some private windows, so it holds no passes.";
const UNEXPECTED = "Something went wrong in this page, and nothing was changed. Load the page again.";
const NONE = "This browser holds no passes of this quarter.";
const count = (number, one, many) => `${new Intl.NumberFormat("en").format(number)} ${number === 1 ? one : many}`;

customElements.define("your-passes", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", this);
    this.addEventListener("submit", this);
    document.addEventListener("passes-held", this);
    this.show();
  }

  disconnectedCallback() {
    document.removeEventListener("passes-held", this);
  }

  part(name) {
    return this.querySelector(`[data-part="${name}"]`);
  }

  get owner() {
    const { issuer, person, quarter } = this.dataset;
    return { issuer, person, quarter };
  }

  async show() {
    if (!globalThis.crypto?.subtle) return showErrors(this, [new NoCryptography()]);
    try {
      const holding = (await holdingOf(this.owner)) ?? {};
      this.hold(holding);
      if (this.part("out") && holding.passes?.some((pass) => pass.exported)) await (await out).showOut(this, this.owner);
      if (holding.passes) await (await import("../showing/four_words.js")).showWords(this, this.owner, holding);
    } catch (error) {
      showErrors(this, [{ message: error instanceof PassError ? error.message : NO_STORE }]);
    }
  }

  hold({ seed, elsewhere, passes }) {
    const own = Boolean(seed) && !elsewhere;
    this.part("held").hidden = !own;
    this.part("restore").hidden = own && Boolean(passes);
    if (!passes) return this.say(own ? "This browser can give the receipts of your questions." : NONE);
    const left = passes.filter((pass) => isAsk(pass) && !pass.spent && !pass.exported).length;
    this.say(`You have ${count(left, "question", "questions")} left to ask, and one vote for each question.`);
  }

  say(words) {
    this.part("left").textContent = words;
  }

  handleEvent(event) {
    if (event.type === "passes-held") return this.show();
    if (event.type === "submit") event.preventDefault();
    if (event.detail > 1) return; // the second press of a double click
    const act = event.type === "submit" ? "restore" : event.target.dataset.act;
    const acts = { reveal: "reveal", forget: "confirm", keep: "confirm", "forget-all": "forget", restore: "restore", "take-out": "carry", "take-back": "carry" };
    if (acts[act]) this.run(() => this[acts[act]](event.target, act));
  }

  // One at a time: pressed twice, a button does what it says once.
  async run(work) {
    if (this.running) return;
    this.running = true;
    clearErrors(this);
    try {
      await work();
    } catch (error) {
      const field = error instanceof MalformedReceipt || error instanceof OtherPasses ? "recovery-code" : null;
      showErrors(this, [{ message: error instanceof PassError ? error.message : UNEXPECTED, field }]);
    } finally {
      this.running = false;
    }
  }

  async reveal() {
    this.querySelector("#receipt-code").textContent = await recoveryCode(this.owner);
    this.part("reveal").hidden = true;
    this.part("code").hidden = false;
    this.part("code").focus();
  }

  confirm(_button, act) {
    const asked = act === "forget";
    this.part("forgetting").hidden = asked;
    this.part("confirming").hidden = !asked;
    (asked ? this.part("confirming") : this.part("forgetting").firstElementChild).focus();
  }

  async forget() {
    await forget(this.owner);
    this.part("held").hidden = true;
    this.part("restore").hidden = false;
    this.querySelector("#recovery-code").focus();
    this.say("Forgotten. This browser holds nothing of this quarter any more.");
  }

  async restore() {
    const field = this.querySelector("#recovery-code");
    await restore(field.value, { ...this.owner, ...this.querySelector("pass-holder")?.offer });
    field.value = "";
    this.querySelector("pass-holder")?.replaceChildren();
    await this.show();
  }

  async carry(button, act) {
    await (await out)[act === "take-out" ? "takeOneOut" : "takeOneBack"](this, this.owner, button);
    this.hold(await holdingOf(this.owner));
  }
});
