// Offers colleagues' names behind an @: arrows choose, Enter or Tab takes, Escape leaves it.
import { announce } from "../announce.js";

const MOST = 5;
const BEGUN = /(?:^|[^\p{L}\p{N}_@])@([\p{L}\p{N} .'’-]{0,40})$/u;

export class Mentions {
  /** `names()`: whom one can mention. Listens to every text within `root`. */
  constructor(root, names) {
    Object.assign(this, { names, found: [], chosen: 0 });
    this.list = document.createElement("ul");
    this.list.className = "mention-names";
    this.list.hidden = true;
    root.addEventListener("input", ({ target }) => target.matches("[name=text]") && this.offer(target));
    root.addEventListener("keydown", (event) => this.key(event));
    // While a button is being pressed the list stays: without it the button would move away from under the pointer.
    document.addEventListener("pointerdown", () => { this.pressing = true; }, true);
    for (const ended of ["pointerup", "pointercancel"]) document.addEventListener(ended, () => setTimeout(() => this.released()), true);
    root.addEventListener("focusout", () => this.pressing || this.hide());
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      this.take(Array.from(this.list.children).indexOf(event.target.closest("li")));
    });
  }

  offer(field) {
    const [, begun] = field.value.slice(0, field.selectionStart).match(BEGUN) ?? [];
    const fits = (name) => ` ${name.toLowerCase()}`.includes(` ${begun.toLowerCase()}`) && name !== begun;
    const found = begun === undefined ? [] : this.names().filter(fits).slice(0, MOST);
    if (!found.length) return this.hide();
    Object.assign(this, { field, begun, found, chosen: 0 });
    field.after(this.list);
    this.list.hidden = false;
    this.show();
  }

  show() {
    this.list.replaceChildren(...this.found.map((name, index) => {
      const line = document.createElement("li");
      line.textContent = name;
      line.toggleAttribute("data-chosen", index === this.chosen);
      return line;
    }));
    announce(`${this.found[this.chosen]}, ${this.chosen + 1} of ${this.found.length}. Enter takes it.`);
  }

  key(event) {
    if (this.list.hidden || event.target !== this.field) return;
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) {
      this.chosen = (this.chosen + steps[event.key] + this.found.length) % this.found.length;
      this.show();
    } else if (["Enter", "Tab"].includes(event.key)) this.take(this.chosen);
    else if (event.key === "Escape") this.hide();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  take(index) {
    const { field, begun, found } = this;
    const end = field.selectionStart;
    if (found[index]) field.setRangeText(`${found[index]} `, end - begun.length, end, "end");
    this.hide();
  }

  released() {
    this.pressing = false;
    if (document.activeElement !== this.field) this.hide();
  }

  hide() {
    this.list.hidden = true;
    this.list.remove();
  }
}
