// The rows of priorities on the page and in the shared document. What a gesture does to the rows is read off the page;
// what others do comes in through <priority-rows>, whose rows stay where the focus is.
import { bindChoice, bindField } from "./fields.js";
import { addRow, between, DEVICE, prioritiesOf, rowsOf } from "./document.js";

const PARTS = ["title", "measure", "owner_id"];
const control = (row, part) => row.querySelector(`[name$="-${part}"]`);
const keyOf = (row) => control(row, "key").value;

export class Rows {
  constructor(element, shared) {
    Object.assign(this, { element, shared, bound: new Map() });
    element.addEventListener("arranged", ({ detail }) => this.arranged(detail.row));
    element.addEventListener("input", (event) => this.begun(event), true);
    element.addEventListener("change", (event) => this.begun(event), true);
    prioritiesOf(shared).observeDeep((events, { local, origin }) => (local && origin !== DEVICE) || this.show(events));
    this.takeEarly();
    this.show();
  }

  /** Rows in which somebody wrote before the scripts had arrived, and which the document does not know. */
  takeEarly() {
    const known = prioritiesOf(this.shared);
    const early = this.element.rows.filter((row) => !known.has(keyOf(row)) && PARTS.some((part) => control(row, part).value));
    if (early.length) this.shared.transact(() => early.forEach((row) => this.taken(row)));
  }

  /** Show what the document says, unless only words changed, which the fields know themselves. */
  show(events) {
    if (events?.every(({ path }) => path.length === 2)) return;
    const rows = rowsOf(this.shared);
    const shown = this.element.rows.map(keyOf);
    // A row in which nobody wrote yet is the page's own.
    const empty = !rows.length && shown.length === 1 && !prioritiesOf(this.shared).has(shown[0]);
    const same = rows.length === shown.length && rows.every(([key], at) => key === shown[at]);
    if (!same && !empty) this.element.show(rows.map(([key, row]) => this.facts(key, row)));
    this.bind();
  }

  facts(key, row) {
    const words = { title: String(row.get("title")), measure: String(row.get("measure")) };
    return { key, ...words, owner_id: row.get("owner_id"), carries: row.get("carries") };
  }

  bind() {
    const map = prioritiesOf(this.shared);
    const there = new Map(this.element.rows.map((row) => [row, map.get(keyOf(row))]).filter(([, shared]) => shared));
    this.bound.forEach((end, row) => there.has(row) || (end(), this.bound.delete(row)));
    there.forEach((shared, row) => this.bound.has(row) || this.bound.set(row, this.bindRow(row, shared)));
    this.element.nameButtons();
  }

  bindRow(row, shared) {
    const select = control(row, "owner_id");
    const ends = [
      bindField(control(row, "title"), shared.get("title")),
      bindField(control(row, "measure"), shared.get("measure")),
      bindChoice(select, shared, "owner_id", {
        read: () => (select.value ? Number(select.value) : null),
        show: (owner) => { select.value = owner ?? ""; },
      }),
    ];
    return () => ends.forEach((end) => end());
  }

  /** Somebody began to write in a row that is not in the document yet. */
  begun({ target }) {
    const row = target.closest("[data-row]");
    if (!row || this.bound.has(row)) return;
    this.shared.transact(() => this.taken(row));
    this.bind();
  }

  /** Put a row that only the page knew into the document, with what stands in it. Within a transaction. */
  taken(row) {
    const typed = (part) => control(row, part)?.value ?? "";
    const made = addRow(this.shared, this.placeFor(row), keyOf(row));
    ["title", "measure"].forEach((part) => typed(part) && made.get(part).insert(0, typed(part)));
    if (typed("owner_id")) made.set("owner_id", Number(typed("owner_id")));
    if (typed("carries")) made.set("carries", typed("carries"));
    return made;
  }

  placeFor(row) {
    const map = prioritiesOf(this.shared);
    const placeOf = (other) => (other ? map.get(keyOf(other))?.get("place") : undefined);
    return between(placeOf(row.previousElementSibling), placeOf(row.nextElementSibling));
  }

  /** A gesture added, removed or moved a row on the page. */
  arranged(gesture) {
    const map = prioritiesOf(this.shared);
    const keys = this.element.rows.map(keyOf);
    this.shared.transact(() => {
      rowsOf(this.shared).filter(([key]) => !keys.includes(key)).forEach(([, row]) => row.set("gone", true));
      if (!gesture.isConnected) return;
      const place = this.placeFor(gesture);
      const row = map.get(keyOf(gesture)) ?? this.taken(gesture);
      if (row.get("gone")) row.set("gone", false);
      if (row.get("place") !== place) row.set("place", place);
      this.spread(keys.map((key) => map.get(key)).filter(Boolean));
    });
    this.bind();
  }

  /** Two who moved rows at once may have given them one place: then every row gets its own. */
  spread(rows) {
    const places = rows.map((row) => row.get("place"));
    if (places.every((place, at) => !at || places[at - 1] < place)) return;
    rows.forEach((row, at) => row.set("place", at + 1));
  }
}
