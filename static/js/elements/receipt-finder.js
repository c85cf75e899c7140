// <receipt-finder person>: what became of a question, found by its receipt. The feeds that it fetches are the same bytes for
// everybody: all of them, once a page, before anything here is looked at. So the server learns neither which receipt is whose
// nor whether there is one. The receipt is compared here and sent nowhere.
import { clearErrors, showErrors } from "../error-summary.js";
import { formatReceipt, MalformedReceipt, NoCryptography, openReceipt, parseReceipt, PassError, receipts } from "../bundles/passes.js";

const UNREACHABLE = "The lists of questions could not be fetched. Load this page again in a while; nothing is lost.";
const UNKNOWN = "No question with this receipt has been shown so far. If you asked lately, it waits with the others.";
const MISSING = "All questions have been shown and yours is not among them. This must not happen: have it looked into, without showing your receipt.";
const ASKED_BACK = "A leader asked back: you can answer on its page, and stay unknown.";

async function questionsOf(address) {
  const response = await fetch(address, { referrerPolicy: "no-referrer", redirect: "error" });
  if (!response.ok) throw new TypeError(UNREACHABLE);
  const { questions } = await response.json();
  return new Map(questions.map((question) => [question.mark, question]));
}

function element(name, text, properties = {}) {
  return Object.assign(document.createElement(name), { textContent: text, ...properties });
}

customElements.define("receipt-finder", class extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.form.addEventListener("submit", this);
    this.form.hidden = !globalThis.crypto?.subtle;
    if (this.form.hidden) return showErrors(this, [new NoCryptography()]);
    // Fetching only where something was asked would tell who asked.
    this.feeds = Promise.all(this.quarters().map((quarter) => questionsOf(quarter.dataset.feed)));
    this.feeds.catch(() => {}); // said where it matters
    this.showOwn();
  }

  handleEvent(event) {
    event.preventDefault();
    this.lookUp();
  }

  part(name, within = this) {
    return within.querySelector(`[data-part="${name}"]`);
  }

  quarters() {
    return Array.from(this.querySelectorAll("[data-quarter]"));
  }

  async lookUp() {
    clearErrors(this);
    const found = this.part("found");
    found.replaceChildren();
    try {
      const bytes = parseReceipt(this.querySelector("#receipt").value);
      const [receipt, { mark: wanted }, feeds] = [formatReceipt(bytes), await openReceipt(bytes), await this.feeds];
      const at = feeds.findIndex((feed) => feed.has(wanted));
      const state = at < 0 ? [] : this.state(this.quarters()[at], feeds[at].get(wanted), receipt);
      const line = element("div", "", { className: "receipt-line" });
      line.append(element("code", receipt), ...state);
      found.replaceChildren(line, ...(at < 0 ? [element("p", UNKNOWN)] : []));
    } catch (error) {
      const message = error instanceof PassError ? error.message : UNREACHABLE;
      showErrors(this, [{ message, field: error instanceof MalformedReceipt ? "receipt" : null }]);
    }
  }

  async showOwn() {
    const person = this.getAttribute("person");
    const own = await Promise.all(this.quarters().map((quarter) =>
      receipts({ person, quarter: quarter.dataset.quarter, issuer: quarter.dataset.issuer }))).catch(() => []);
    const feeds = await this.feeds.catch(() => null);
    // One that was asked from another browser of this person shows by its mark.
    const asked = own.map((all, at) => all.filter((one) => one.asked || feeds?.[at].has(one.mark)));
    if (!asked.flat().length) return;
    const items = this.quarters().flatMap((quarter, at) => asked[at].map((one) => this.item(quarter, one, feeds?.[at])));
    this.part("own").querySelector("ul").replaceChildren(...items);
    this.part("own").hidden = false;
  }

  item(quarter, { receipt, mark }, feed) {
    const item = element("li", "", { className: "receipt-line" });
    item.append(element("code", receipt));
    if (!feed) item.append(element("p", UNREACHABLE));
    else if (feed.has(mark)) item.append(...this.state(quarter, feed.get(mark), receipt));
    else item.append(...this.unseen(quarter, mark));
    return item;
  }

  unseen(quarter, mark) {
    const expected = this.part("expected", quarter);
    if (!expected) return [element("p", MISSING)];
    const state = this.part("words").querySelector("dd > *").cloneNode(true);
    const messages = this.part("messages").content.firstElementChild.cloneNode(true);
    Object.assign(messages.dataset, { ...quarter.dataset, person: this.getAttribute("person"), mark });
    return [state, element("p", expected.textContent.trim(), { className: "soft" }), messages];
  }

  state(quarter, question, receipt) {
    const words = Array.from(this.part("words").querySelectorAll("dt")).find((dt) => dt.textContent === question.state);
    const link = element("a", "Open its page", { href: `${quarter.querySelector("a").href}/${question.id}`, rel: "noreferrer" });
    link.append(element("span", ` (receipt ${receipt})`, { className: "visually-hidden" }));
    const asked = question.asked_back > question.messages ? [element("p", ASKED_BACK)] : [];
    return [words.nextElementSibling.firstElementChild.cloneNode(true), link, ...asked];
  }
});
