// <carry-over> around last quarter's promises: its buttons add the promise to the next priorities without leaving the page.
import { announce } from "../announce.js";

customElements.define("carry-over", class extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.rows = this.form.querySelector("priority-rows");
    this.addEventListener("click", this);
    this.form.addEventListener("input", this);
    this.refresh();
  }

  handleEvent(event) {
    if (event.type === "input") return this.refresh();
    const button = event.target.closest("button[data-carry]");
    if (!button) return;
    event.preventDefault();
    const { carry: carries, key, title, measure, owner } = button.dataset;
    this.rows.carry({ key, title, measure, owner_id: owner, carries });
    announce(`Carried over: ${title}`);
    button.previousElementSibling.querySelector("a").focus();
  }

  /** Offer to carry over what does not stand among the priorities, and say so of what does. */
  refresh() {
    const carried = new Set(Array.from(this.form.querySelectorAll('input[name$="-carries"]'), (input) => input.value));
    this.querySelectorAll("button[data-carry]").forEach((button) => {
      button.hidden = carried.has(button.dataset.carry);
      button.previousElementSibling.hidden = !button.hidden;
    });
  }
});
