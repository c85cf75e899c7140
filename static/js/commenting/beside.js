// Comments beside the texts in which several write together: their words are marked, and each thread stands by its words.
import { commentAt, highlight, ready } from "./highlights.js";
import { found, placesAround } from "./places.js";
import { line } from "./lines.js";
import { focusThread } from "./threads.js";
import { buttonFor } from "../writing/together/toolbar.js";

const REST = 300;

export class Beside {
  /** `comments`: the <draft-comments> of the page; `room`: the open room, with its views by part. */
  constructor(comments, room) {
    Object.assign(this, { comments, room, facts: { marks: [] }, current: null });
    this.parts = Object.keys(room.views).filter((part) => comments.places.has(part));
    this.parts.forEach((part) => this.stand(part, room.views[part]));
    room.shared.on("update", () => this.soon());
    addEventListener("resize", () => this.soon());
    document.addEventListener("focusin", ({ target }) => this.lookAt(target.closest?.("[data-thread]")?.dataset.thread));
    comments.dataset.beside = "";
  }

  stand(part, view) {
    ready(view);
    const margin = document.createElement("aside");
    margin.className = "comments-beside";
    margin.setAttribute("aria-label", `Comments: ${view.contentDOM.closest("section").querySelector("h2").textContent.trim()}`);
    margin.append(this.comments.places.get(part));
    view.dom.closest(".writing-pair").append(margin);
    view.dom.closest(".text-editor").querySelector(".toolbar")?.append(
      buttonFor({ name: "Comment", key: "Mod-Alt-m", run: () => this.compose(part) }, view),
    );
    view.dom.addEventListener("keydown", (event) => this.pressed(event, part));
    view.dom.addEventListener("click", (event) => this.lookAt(event.target.closest("[data-commented]")?.dataset.commented));
  }

  pressed(event, part) {
    if (!(event.ctrlKey || event.metaKey) || !event.altKey || event.code !== "KeyM") return;
    event.preventDefault();
    const view = this.room.views[part];
    const { empty, head } = view.state.selection.main;
    const id = empty ? commentAt(view, head) : null;
    if (id) focusThread(this.comments.places.get(part), id);
    else this.compose(part);
  }

  /** What is selected in a text: {words, starts, ends}, or nothing. */
  selected(part) {
    const { state } = this.room.views[part];
    const { from, to, empty } = state.selection.main;
    if (empty) return {};
    return { words: state.sliceDoc(from, to), ...placesAround(this.room.textOf(part), from, to) };
  }

  compose(part) {
    this.comments.compose({ part, ...this.selected(part) }, () => this.room.views[part].focus());
  }

  /** What is written reaches the server before what is said about it. */
  sent() {
    return this.room.sync.everything();
  }

  show(facts) {
    this.facts = facts;
    this.draw();
  }

  lookAt(id) {
    if ((id ?? null) === this.current) return;
    this.current = id ?? null;
    this.soon(0);
  }

  soon(rest = REST) {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.draw(), rest);
  }

  draw() {
    clearTimeout(this.waiting);
    this.parts.forEach((part) => this.drawPart(part));
  }

  drawPart(part) {
    const [view, text] = [this.room.views[part], this.room.textOf(part)];
    const open = this.facts.marks.filter((mark) => mark.part === part && !mark.resolved);
    const places = open.flatMap((mark) => {
      const place = found(mark, text);
      return place ? [{ id: mark.id, current: String(mark.id) === this.current, ...place }] : [];
    });
    highlight(view, places);
    line(this.comments.places.get(part), view, new Map(places.map(({ id, from }) => [String(id), from])), this.current);
  }
}
