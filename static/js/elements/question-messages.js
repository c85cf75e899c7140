// <question-messages data-issuer data-person data-quarter data-mark data-used>: what whoever asked a question can still say
// about it. Whether this browser is theirs is decided here, by the receipts it can give, and asked of nobody.
import { NoCryptography, openReceipt, parseReceipt, PassError, receipts } from "../bundles/passes.js";
// Fetched for everybody: fetched with what is said, it would tell the server who has something to say.
import { followUp, withdraw } from "../bundles/passes_more.js";

const LONGEST = 2000;
const ADDED = "Received. It appears under your question when new questions appear next.";
const WITHDRAWN = "Received. The text is erased when new questions appear next.";
const OTHER = "This receipt is good, but it belongs to another question.";
const EMPTY = "Write what you want to add.";
const TOO_LONG = "Shorten it to 2,000 characters.";
const UNEXPECTED = "Something went wrong in this page. Your text is still here: copy it, then load the page again.";

customElements.define("question-messages", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", this);
    this.addEventListener("click", this);
    window.addEventListener("beforeunload", this);
    this.recognise();
  }

  disconnectedCallback() {
    window.removeEventListener("beforeunload", this);
  }

  part(name) {
    return this.querySelector(`[data-part="${name}"]`);
  }

  async recognise() {
    const own = await receipts(this.dataset).catch(() => []);
    const found = own.find(({ mark }) => mark === this.dataset.mark);
    if (found) this.open(parseReceipt(found.receipt));
  }

  open(receipt) {
    this.receipt = receipt;
    this.part("own").hidden = false;
    this.part("elsewhere").hidden = true;
  }

  handleEvent(event) {
    if (event.type === "beforeunload") {
      if (this.part("text").value.trim() && !this.withdrawn) event.preventDefault(); // it was not sent
      return;
    }
    if (event.type === "submit") {
      event.preventDefault();
      event.target === this.part("adding") ? this.add() : this.useReceipt();
      return;
    }
    const pressed = event.target.dataset.part;
    if (pressed === "withdraw") this.confirm(true);
    if (pressed === "keep") this.confirm(false);
    if (pressed === "for-good") this.withdraw();
  }

  async useReceipt() {
    try {
      const receipt = parseReceipt(this.part("receipt").value);
      const { mark } = await openReceipt(receipt);
      if (mark === this.dataset.mark) {
        this.open(receipt);
        this.part("text").focus();
      } else this.part("refused").textContent = OTHER;
    } catch (error) {
      this.part("refused").textContent = error instanceof PassError ? error.message : new NoCryptography().message;
    }
  }

  confirm(asked) {
    this.part("adding").hidden = asked;
    this.part("confirming").hidden = !asked;
    (asked ? this.part("confirming") : this.part("withdraw")).focus();
  }

  add() {
    const typed = this.part("text").value;
    const text = typed.trim();
    const problem = text ? Array.from(text).length > LONGEST && TOO_LONG : EMPTY;
    if (problem) {
      this.say(problem);
      return this.part("text").focus();
    }
    return this.send(async () => {
      await followUp({ quarter: this.dataset.quarter, receipt: this.receipt, used: Number(this.dataset.used), text });
      // What was typed meanwhile stays.
      if (this.part("text").value === typed) this.part("text").value = "";
      return ADDED;
    });
  }

  withdraw() {
    return this.send(async () => {
      await withdraw({ quarter: this.dataset.quarter, receipt: this.receipt });
      this.withdrawn = true;
      this.part("confirming").hidden = true;
      this.part("said").tabIndex = -1; // the button that had the focus is gone
      this.part("said").focus();
      return WITHDRAWN;
    });
  }

  async send(work) {
    if (this.sending) return;
    this.sending = true;
    this.say("Sending…");
    try {
      this.say(await work());
    } catch (error) {
      this.say(error instanceof PassError ? error.message : UNEXPECTED);
    }
    this.sending = false;
  }

  say(words) {
    this.part("said").textContent = words;
  }
});
