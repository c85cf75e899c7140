// The form for a new comment: opened beside the part it is about, with the words that are selected.

export class Composer {
  /** `form`: the page's one form for new comments, hidden until it is opened. */
  constructor(form) {
    Object.assign(this, { form, box: form.closest("[data-composer]") });
    form.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
    form.querySelector("[data-cancel]").addEventListener("click", () => this.close());
  }

  /** Open it above `place`, with what is typed already; `about`: {part, words, starts, ends}; `back()` puts the focus where it was. */
  open(place, about, back) {
    Object.assign(this, { back });
    const { elements } = this.form;
    const text = this.box.hidden ? "" : elements.text.value;
    this.form.reset();
    elements.text.value = text;
    elements.part.value = about.part;
    elements.words.value = about.words ?? "";
    elements.starts.value = about.starts ? JSON.stringify(about.starts) : "";
    elements.ends.value = about.ends ? JSON.stringify(about.ends) : "";
    const quote = this.form.querySelector("[data-quoted]");
    quote.textContent = about.words || "";
    quote.hidden = !about.words;
    this.form.querySelector("[data-suggest]").hidden = !about.words;
    this.form.querySelector("[data-suggest]").open = false;
    elements.replacement.value = about.words ?? "";
    place.before(this.box);
    this.box.hidden = false;
    elements.text.focus();
  }

  /** The wording counts only where somebody opened it to suggest one. */
  ready() {
    const { suggests, replacement } = this.form.elements;
    suggests.checked = this.form.querySelector("[data-suggest]").open;
    if (!suggests.checked) replacement.value = "";
  }

  close() {
    this.box.hidden = true;
    this.form.reset();
    this.back?.();
  }
}
