// <priority-rows> around the list of priorities: its buttons add, move and remove rows without leaving the page.
// Names and ids are numbered by place, which is how the server reads them. After each gesture it tells "arranged".
import { announce } from "../announce.js";
import { randomHex } from "../random_hex.js";
import { draggable } from "../writing/draggable.js";
import { nameButtons, number } from "../writing/numbering.js";

const control = (row, part) => row.querySelector(`[name$="-${part}"]`);

customElements.define("priority-rows", class extends HTMLElement {
  connectedCallback() {
    this.list = this.querySelector("ol");
    draggable(this.list, (row) => (this.told(row), this.arranged(row)));
    this.pattern = this.rows[0].cloneNode(true);
    this.pattern.querySelectorAll(".field-error").forEach((error) => error.remove());
    this.addEventListener("click", this);
    this.addEventListener("input", this);
  }

  get rows() {
    return Array.from(this.list.querySelectorAll(":scope > [data-row]"));
  }

  handleEvent(event) {
    if (event.type === "input") return this.nameButtons();
    const button = event.target.closest("button[name=row]");
    if (!button) return;
    event.preventDefault();
    const row = button.closest("[data-row]");
    if (row) this[button.dataset.rowVerb](row, button);
    const arranged = row ?? this.add();
    this.arranged(arranged);
    if (!row) control(arranged, "title").focus();
  }

  /** A gesture put `row` where it is now, or took it away. */
  arranged(row) {
    this.renumber();
    this.dispatchEvent(new CustomEvent("arranged", { detail: { row } }));
    this.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Carry an earlier promise over: into an empty last row, or one more. */
  carry(promise) {
    const last = this.rows.at(-1);
    const row = this.add();
    this.fill(row, promise);
    if (!control(last, "title").value && !control(last, "measure").value) last.remove();
    this.arranged(row);
  }

  /** Show these priorities instead: [{key, title, measure, owner_id, carries}]. Rows with the same key stay where the focus is. */
  show(priorities) {
    const known = new Map(this.rows.map((row) => [control(row, "key").value, row]));
    const wanted = priorities.map((priority) => {
      const row = known.get(priority.key) ?? this.made();
      known.delete(priority.key);
      this.fill(row, priority);
      return row;
    });
    known.forEach((row) => row.remove());
    wanted.forEach((row, index) => {
      if (this.rows[index] !== row) this.list.insertBefore(row, this.rows[index] ?? null);
    });
    if (!wanted.length) this.add();
    this.renumber();
    this.dispatchEvent(new Event("input", { bubbles: true }));
  }

  fill(row, { key, title = "", measure = "", owner_id: owner, carries }) {
    const values = { key, title, measure, owner_id: owner ?? "", carries: carries ?? "" };
    Object.entries(values).forEach(([part, value]) => {
      if (control(row, part).value !== String(value)) control(row, part).value = value;
    });
  }

  made() {
    const row = this.pattern.cloneNode(true);
    this.fill(row, { key: randomHex(8) });
    return row;
  }

  add() {
    const row = this.made();
    this.list.append(row);
    return row;
  }

  up(row, button) {
    row.previousElementSibling?.before(row);
    this.told(row, button);
  }

  down(row, button) {
    row.nextElementSibling?.after(row);
    this.told(row, button);
  }

  remove(row) {
    const next = row.nextElementSibling ?? row.previousElementSibling ?? this.add();
    row.remove();
    control(next, "title").focus();
    announce("Priority removed");
  }

  told(row, button) {
    button?.focus();
    announce(`Now at place ${this.rows.indexOf(row) + 1} of ${this.rows.length}`);
  }

  /** Say beside each arrow which priority it moves, for those who hear the page. */
  nameButtons() {
    this.rows.forEach((row, index) => nameButtons(row, control(row, "title").value || `priority ${index + 1}`));
  }

  renumber() {
    this.rows.forEach(number);
    this.nameButtons();
  }
});
