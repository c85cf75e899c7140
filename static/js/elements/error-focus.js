// <error-focus>: the error summary. Takes the focus as soon as it is in the page, however it came there.
customElements.define("error-focus", class extends HTMLElement {
  connectedCallback() {
    this.focus();
  }
});
