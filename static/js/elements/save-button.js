// <save-button from="id" as="name.txt"><button type="button" hidden>Save</button></save-button>: saves that text as a file, and
// after it the text of the element "id-proof", if there is one, which need not be shown.
customElements.define("save-button", class extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("button");
    this.button.hidden = false;
    this.button.addEventListener("click", this);
  }

  disconnectedCallback() {
    this.button.removeEventListener("click", this);
  }

  handleEvent() {
    const from = this.getAttribute("from");
    const proof = document.getElementById(`${from}-proof`)?.textContent ?? "";
    const text = `${document.getElementById(from).innerText.trim()}\n\n${proof}`.trim();
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([`${text}\n`], { type: "text/plain" }));
    link.download = this.getAttribute("as");
    link.click();
    URL.revokeObjectURL(link.href);
  }
});
