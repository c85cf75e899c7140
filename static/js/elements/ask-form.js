// <ask-form issuer person quarter>: sends a question with a pass, and shows the receipt. The text stays in its field until
// the server has said that it is stored. Which passes are here is read from this browser only.
import { announce } from "../announce.js";
import { clearErrors, showErrors } from "../error-summary.js";
import { ask, holdingOf, isAsk, NoCryptography, PassError, questionProblem, unspentPasses } from "../bundles/passes.js";
import { showReceipt } from "../showing/receipt_shown.js";

const NO_STORE = "This browser keeps nothing between pages, as in some private windows, so it holds no passes. Ask from an ordinary window in which you have read.";
const UNEXPECTED = "Something went wrong in this page. Your text is still here: copy it, then load the page again.";
const number = new Intl.NumberFormat(document.documentElement.lang || "en");

// Why there is nothing to ask with: one reason, so that the page says one thing to do.
function lackOf({ spoiled, elsewhere, passes } = {}) {
  if (spoiled || elsewhere) return spoiled ? "spoiled" : "elsewhere";
  if (!passes) return "no-passes";
  return passes.some((pass) => isAsk(pass) && pass.exported && !pass.spent) ? "taken-out" : "none-left";
}

customElements.define("ask-form", class extends HTMLElement {
  connectedCallback() {
    this.owner = Object.fromEntries(["issuer", "person", "quarter"].map((name) => [name, this.getAttribute(name)]));
    [this.form, this.text, this.bucket] = ["form", "#text", "#bucket"].map((one) => this.querySelector(one));
    this.form.addEventListener("submit", this);
    window.addEventListener("beforeunload", this);
    this.open();
  }

  disconnectedCallback() {
    window.removeEventListener("beforeunload", this);
  }

  handleEvent(event) {
    // Leaving asks first while something typed was not sent.
    if (event.type === "submit" || (this.text.value.trim() && !this.done)) event.preventDefault();
    if (event.type === "submit") this.send();
  }

  part(name) {
    return this.querySelector(`[data-part="${name}"]`);
  }

  async open() {
    this.form.hidden = !globalThis.crypto?.subtle;
    if (this.form.hidden) return showErrors(this, [new NoCryptography()]);
    try {
      const passes = await unspentPasses(this.owner);
      this.form.hidden = !passes.length;
      if (!passes.length) return this.querySelector(`[data-lack="${lackOf(await holdingOf(this.owner))}"]`).hidden = false;
      this.part("left").replaceChildren(...this.left(passes.length));
      this.preselect();
      this.restore(passes[0]?.sent.at(-1));
    } catch {
      this.form.hidden = true;
      showErrors(this, [{ message: NO_STORE }]);
    }
  }

  left(count) {
    const big = document.createElement("b");
    big.textContent = number.format(count);
    return ["You have ", big, ` ${count === 1 ? "question" : "questions"} left this quarter`];
  }

  // A bucket named behind # in a link is known to this page alone.
  preselect() {
    const named = Array.from(this.bucket.options).find(({ value }) => value && `#${value}` === location.hash);
    if (named) named.selected = true;
  }

  // What was sent and never acknowledged is kept beside its pass.
  restore(body) {
    if (!body || this.text.value) return;
    const { text, bucket } = JSON.parse(body);
    [this.text.value, this.bucket.value] = [text, bucket ?? ""];
    this.text.dispatchEvent(new Event("input", { bubbles: true }));
    announce("The question that you sent before is in the form: no answer came for it.");
  }

  async send() {
    if (this.sending) return;
    const message = questionProblem(this.text.value);
    if (message) return showErrors(this, [{ field: "text", message }]);
    clearErrors(this);
    this.busy(true);
    try {
      this.show(await ask({ ...this.owner, text: this.text.value, bucket: this.bucket.value || null }));
    } catch (error) {
      this.fail(error);
    } finally {
      this.busy(false);
    }
  }

  busy(sending) {
    const button = this.form.querySelector("button");
    [this.label, this.sending] = [this.label ?? button.textContent, sending];
    button.textContent = sending ? "Sending…" : this.label;
    button.setAttribute("aria-disabled", String(sending));
  }

  fail(error) {
    const message = error instanceof PassError ? error.message : UNEXPECTED;
    const arrived = error.receipt ? [{ message: `The receipt of the text that arrived: ${error.receipt}` }] : [];
    showErrors(this, [{ message, field: error.field }, ...arrived]);
  }

  async show(received) {
    this.done = true;
    showReceipt(this, received);
    this.part("again").hidden = (await unspentPasses(this.owner)).length === 0;
  }
});
