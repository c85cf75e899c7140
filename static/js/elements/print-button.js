// <print-button><button type="button" hidden>Print</button></print-button>: opens the browser's print dialog.
const print = () => window.print();

customElements.define("print-button", class extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("button");
    this.button.hidden = false;
    this.button.addEventListener("click", print);
  }

  disconnectedCallback() {
    this.button.removeEventListener("click", print);
  }
});
