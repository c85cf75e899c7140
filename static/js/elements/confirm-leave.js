// <confirm-leave> around a form: asks before the page is left with something typed and not sent.
customElements.define("confirm-leave", class extends HTMLElement {
  connectedCallback() {
    // What the server gave back is not stored anywhere either.
    this.typed = this.querySelector("[aria-invalid=true]") !== null;
    this.addEventListener("input", this);
    this.addEventListener("submit", this);
    window.addEventListener("beforeunload", this);
  }

  disconnectedCallback() {
    window.removeEventListener("beforeunload", this);
  }

  handleEvent(event) {
    if (event.type === "input") this.typed = true;
    if (event.type === "submit" && !event.defaultPrevented) this.typed = false;
    if (event.type === "beforeunload" && this.typed) event.preventDefault();
  }
});
