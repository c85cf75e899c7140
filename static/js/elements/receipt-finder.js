// <receipt-finder person>: what became of a question, found by its receipt. The feeds that it fetches are the same bytes for
// everybody, and always all of them; the receipt is compared here and sent nowhere.
import { clearErrors, showErrors } from "../error-summary.js";
import { formatReceipt, mark, MalformedReceipt, NoCryptography, parseReceipt, receipts } from "../passes/client.js";

const UNREACHABLE = "The lists of questions could not be fetched. Look again in a while; nothing is lost.";
const NOT_SHOWN = "Not shown yet";
const WAITS = "It waits with the others to be shown.";
const UNKNOWN = "No question with this receipt has been shown so far. If you asked lately, it waits with the others.";
const MISSING = "All questions have been shown and yours is not among them. This must not happen: have it looked into, without showing your receipt.";

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
    if (!globalThis.crypto?.subtle) return showErrors(this, [new NoCryptography()]);
    this.form.hidden = false;
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

  feeds() {
    return Promise.all(this.quarters().map((quarter) => questionsOf(quarter.dataset.feed)));
  }

  async lookUp() {
    clearErrors(this);
    const found = this.part("found");
    found.replaceChildren();
    try {
      const bytes = parseReceipt(this.querySelector("#receipt").value);
      const wanted = await mark(bytes);
      const feeds = await this.feeds();
      const at = feeds.findIndex((feed) => feed.has(wanted));
      const heading = element("h2", formatReceipt(bytes), { className: "minor" });
      const state = at < 0 ? [element("p", UNKNOWN)] : this.state(this.quarters()[at], feeds[at].get(wanted));
      found.replaceChildren(heading, ...state);
    } catch (error) {
      const malformed = error instanceof MalformedReceipt;
      showErrors(this, [{ message: malformed ? error.message : UNREACHABLE, field: malformed ? "receipt" : null }]);
    }
  }

  async showOwn() {
    const person = this.getAttribute("person");
    const own = await Promise.all(this.quarters().map((quarter) =>
      receipts({ person, quarter: quarter.dataset.quarter, issuer: quarter.dataset.issuer }))).catch(() => []);
    if (!own.flat().length) return;
    const feeds = await this.feeds().catch(() => null);
    const items = this.quarters().flatMap((quarter, at) => own[at].map((one) => this.item(quarter, one, feeds?.[at])));
    this.part("own").querySelector("ul").replaceChildren(...items);
    this.part("own").hidden = false;
  }

  item(quarter, { receipt, mark: own }, feed) {
    const item = element("li", "");
    item.append(element("p", receipt, { className: "small" }));
    if (!feed) item.append(element("p", UNREACHABLE));
    else if (feed.has(own)) item.append(...this.state(quarter, feed.get(own)));
    else item.append(...this.unseen(quarter));
    return item;
  }

  unseen(quarter) {
    const expected = this.part("expected", quarter);
    if (!expected) return [element("p", MISSING)];
    return [element("p", NOT_SHOWN, { className: "state" }), element("p", `${WAITS} ${expected.textContent.trim()}`)];
  }

  state(quarter, question) {
    const words = Array.from(this.part("words").querySelectorAll("dt")).find((dt) => dt.textContent === question.state);
    const state = element("p", words.nextElementSibling.textContent, { className: "state" });
    const link = element("a", "Open its page", { href: `${quarter.querySelector("a").href}/${question.id}`, rel: "noreferrer" });
    const line = element("p", "");
    line.append(link);
    return [state, line];
  }
});
