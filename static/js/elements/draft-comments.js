// <draft-comments url="…/comments?page=edit" person="7">: says and hears comments without leaving the page. Where several
// write together, they stand beside the text and their words are marked in it (see js/commenting/beside.js).
import { announce } from "../announce.js";
import { Composer } from "../commenting/composer.js";
import { Mentions } from "../commenting/mentions.js";
import { News } from "../commenting/news.js";
import { sendForm } from "../commenting/sending.js";
import { focusThread, showThreads } from "../commenting/threads.js";
import { released } from "../released.js";

const OURS = "[data-comments] form, [data-composer] form";

/** What of the page's own text is selected, if it is in the same part as `link`. */
function selectedWords(part) {
  const selection = getSelection();
  const section = document.querySelector(`[data-part="${part}"]`);
  return section?.contains(selection.anchorNode) && section.contains(selection.focusNode) ? selection.toString().trim() : "";
}

customElements.define("draft-comments", class extends HTMLElement {
  connectedCallback() {
    if (this.news) return;
    this.places = new Map(Array.from(document.querySelectorAll("[data-comments]"), (one) => [one.dataset.comments, one]));
    this.composer = new Composer(this.querySelector("[data-composer] form"));
    this.facts = { names: [], marks: [], said: [] };
    this.mentions = new Mentions(document, () => this.facts.names);
    // Before anybody else, on the way down: a form around another stops what the inner one says on its way up.
    document.addEventListener("submit", (event) => this.submitted(event), true);
    document.addEventListener("click", (event) => this.clicked(event));
    this.news = new News(this.getAttribute("url"), (facts) => this.hear(facts));
    this.news.now();
  }

  /** Stand beside the texts of a room in which several write together. */
  async attach(room) {
    const { Beside } = await import("../commenting/beside.js");
    this.beside = new Beside(this, room);
    this.beside.show(this.facts);
  }

  async hear(facts) {
    this.newest = facts;
    await released();
    if (facts !== this.newest) return;
    const known = new Set(this.facts.said.map(({ id }) => id));
    const first = !this.heard;
    Object.assign(this, { facts, heard: true });
    this.places.forEach((place, part) => showThreads(place, facts.parts[part]));
    this.beside?.show(facts);
    this.tellOfNewer(facts.head);
    const fresh = facts.said.filter(({ id, by }) => !known.has(id) && String(by) !== this.getAttribute("person"));
    if (!first) fresh.forEach(({ name, about }) => announce(`${name} commented on ${about}.`));
  }

  /** On a page that shows a text as it was: say so once there is a newer one. */
  tellOfNewer(head) {
    const notice = document.getElementById("newer");
    if (!notice?.hidden || head <= Number(notice.dataset.head)) return;
    notice.hidden = false;
    announce(notice.textContent);
  }

  async submitted(event) {
    const form = event.target;
    if (!form.matches(OURS) || event.defaultPrevented) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (form.hasAttribute("aria-busy")) return; // pressed twice
    form.setAttribute("aria-busy", "true");
    await this.send(form).finally(() => form.removeAttribute("aria-busy"));
  }

  async send(form) {
    const fresh = form === this.composer.form;
    // Asked now: the form may be another one by the time that the server has answered.
    const place = fresh ? this.places.get(form.elements.part.value) : form.closest("[data-comments]");
    if (fresh) this.composer.ready();
    await this.beside?.sent();
    const id = await sendForm(form, { url: this.getAttribute("url"), person: this.getAttribute("person") });
    if (id === null) return;
    if (fresh) this.composer.close();
    else form.reset();
    form.closest("details")?.removeAttribute("open");
    await this.news.now();
    announce("Done.");
    focusThread(place, id);
  }

  clicked(event) {
    if (this.beside && event.target.closest("a[href$='#comments']")) return this.first(event);
    const link = event.target.closest("[data-comment-on]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const part = link.dataset.commentOn;
    const about = this.beside?.selected(part) ?? { words: selectedWords(part) };
    this.compose({ part, ...about }, () => this.places.get(part).querySelector("[data-comment-on]")?.focus());
  }

  /** Where the threads stand beside the text, the link to them leads to the first that is open. */
  first(event) {
    const thread = document.querySelector("[data-open] > [data-thread]");
    if (!thread) return;
    event.preventDefault();
    focusThread(document, thread.dataset.thread);
  }

  /** Open the form for a comment about `about`: {part, words, starts, ends}. */
  compose(about, back) {
    this.composer.open(this.places.get(about.part), about, back);
  }
});
