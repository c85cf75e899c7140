// <spend-pass>: asks one question with a pass that was taken out of another browser. The pass stands behind the # of the
// address, or is pasted; it is taken out of the address at once, so that it does not stay in the browser's history.
import { clearErrors, showErrors } from "../error-summary.js";
import { ask, NoCryptography, NoPassLeft, PassError, questionProblem, receipts, unspentPasses } from "../bundles/passes.js";
import { NotAPass, takeIn } from "../bundles/passes_more.js";
import { showReceipt } from "../showing/receipt_shown.js";

const SPENT_HERE = "A question was asked with this pass already, from this browser. This is its receipt:";
const SPENT_ELSEWHERE = "A question was asked with this pass already, from another browser.";
const UNEXPECTED = "Something went wrong in this page. Your text is still here: copy it, then load the page again.";

customElements.define("spend-pass", class extends HTMLElement {
  connectedCallback() {
    [this.form, this.pass, this.text] = ["form", "#pass", "#text"].map((one) => this.querySelector(one));
    this.form.addEventListener("submit", this);
    window.addEventListener("beforeunload", this);
    this.form.hidden = !globalThis.crypto?.subtle;
    if (this.form.hidden) return showErrors(this, [new NoCryptography()]);
    if (location.hash.length > 1) this.takeFromAddress();
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

  takeFromAddress() {
    this.pass.value = location.href;
    history.replaceState(null, "", location.pathname);
    this.part("pasting").hidden = true;
    this.part("taken-in").hidden = false;
  }

  async send() {
    if (this.sending) return;
    clearErrors(this);
    const message = questionProblem(this.text.value);
    if (message) return showErrors(this, [{ field: "text", message }]);
    this.sending = true;
    try {
      const owner = await takeIn(this.pass.value);
      if (!(await unspentPasses(owner)).length) return await this.sayItIsSpent(owner);
      const received = await ask({ ...owner, text: this.text.value });
      this.done = true;
      showReceipt(this, received);
    } catch (error) {
      this.fail(error);
    } finally {
      this.sending = false;
    }
  }

  async sayItIsSpent(owner) {
    const [{ receipt, asked }] = await receipts(owner);
    showErrors(this, asked ? [{ message: SPENT_HERE }, { message: receipt }] : [{ message: SPENT_ELSEWHERE }]);
  }

  fail(error) {
    const said = error instanceof NoPassLeft ? SPENT_ELSEWHERE : error.message;
    const message = error instanceof PassError ? said : UNEXPECTED;
    const field = error instanceof NotAPass ? "pass" : error.field;
    this.part("pasting").hidden &&= field !== "pass";
    const arrived = error.receipt ? [{ message: `The receipt of the text that arrived: ${error.receipt}` }] : [];
    showErrors(this, [{ message, field }, ...arrived]);
  }
});
