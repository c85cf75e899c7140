// <ledger-check>: tells whether the ledger is the one that this browser saw before. With data-quarter, data-size and
// data-counts it reads every entry and counts anew; without them it shows itself only when something is wrong.
import { announce } from "../announce.js";
import { checkAll } from "../ledger/account.js";
import { check, forgetLedger, LedgerMismatch } from "../ledger/check.js";

const UNREACHABLE = "Your browser could not fetch the ledger just now. Load this page again in a while.";
const NO_CRYPTOGRAPHY = "This page came over plain http, where browsers cannot check signatures. Open the address that begins with https.";

customElements.define("ledger-check", class extends HTMLElement {
  connectedCallback() {
    this.run();
  }

  async run() {
    try {
      const entries = await this.checked();
      if (this.dataset.quarter) this.say(`Checked by your browser just now: all ${entries.toLocaleString("en")} entries are there, unchanged, and the numbers above follow from them.`, "fine");
    } catch (error) {
      if (error instanceof LedgerMismatch) this.warn(error);
      else if (this.dataset.quarter) this.say(globalThis.crypto?.subtle ? UNREACHABLE : NO_CRYPTOGRAPHY, "unknown");
    }
  }

  checked() {
    const { quarter, size, counts } = this.dataset;
    return quarter ? checkAll({ quarter, size: Number(size), counts: JSON.parse(counts) }) : check();
  }

  say(words, found) {
    this.dataset.found = found;
    this.part("said").textContent = words;
    if (found !== "fine") announce(words);
  }

  warn({ message, evidence }) {
    this.hidden = false;
    this.say(message, "wrong");
    const template = this.part("evidence");
    if (!evidence || !template) return;
    this.append(template.content.cloneNode(true));
    this.part("checkpoints").textContent = [evidence.kept, evidence.shown].filter(Boolean).join("\n");
    this.part("forget").addEventListener("click", async () => {
      await forgetLedger();
      location.reload();
    });
  }

  part(name) {
    return this.querySelector(`[data-part="${name}"]`);
  }
});
