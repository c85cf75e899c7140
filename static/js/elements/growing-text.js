// <growing-text> around a textarea: as tall as its text. Only for browsers without `field-sizing: content`.
customElements.define("growing-text", class extends HTMLElement {
  connectedCallback() {
    if (CSS.supports("field-sizing", "content")) return;
    this.field = this.querySelector("textarea");
    this.addEventListener("input", this);
    this.handleEvent();
  }

  handleEvent() {
    this.field.style.blockSize = "auto";
    this.field.style.blockSize = `${this.field.scrollHeight + 2}px`;
  }
});
