// <ask-hints for="id"><template>names, one a line</template><p hidden>…</p><ul hidden></ul></ask-hints>: says beside a text,
// a moment after typing, what in it may tell who asks. Looked at in this page only; it blocks nothing and sends nothing.
import { announce } from "../announce.js";
import { hints } from "../asking/hints.js";
import { nameIndex } from "../asking/names.js";

const PAUSE = 600;
const MOST = 5;

customElements.define("ask-hints", class extends HTMLElement {
  connectedCallback() {
    const names = this.querySelector("template").content.textContent.split("\n");
    this.index = nameIndex(names.map((name) => name.trim()));
    this.said = new Set();
    this.field = document.getElementById(this.getAttribute("for"));
    this.field.addEventListener("input", this);
    this.show();
  }

  disconnectedCallback() {
    this.field.removeEventListener("input", this);
    clearTimeout(this.pausing);
  }

  handleEvent() {
    clearTimeout(this.pausing);
    this.pausing = setTimeout(() => this.show(), PAUSE);
  }

  show() {
    const found = hints(this.field.value, this.index);
    const lines = found.slice(0, MOST).map(({ found: what, words }) => `“${what}” ${words}`);
    if (found.length > MOST) lines.push(`And ${found.length - MOST} more.`);
    const [list, lead] = [this.querySelector("ul"), this.querySelector("p")];
    list.hidden = lead.hidden = lines.length === 0;
    if (lines.join("\n") === this.shown) return;
    this.shown = lines.join("\n");
    list.replaceChildren(...lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })));
    this.say(lines.slice(0, MOST));
  }

  // Each hint is said once, however often it comes and goes while somebody types.
  say(lines) {
    const fresh = lines.filter((line) => !this.said.has(line));
    fresh.forEach((line) => this.said.add(line));
    if (fresh.length) announce(fresh.length === 1 ? fresh[0] : `${fresh.length} hints are below your question.`);
  }
});
