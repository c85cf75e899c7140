// <save-button from="id" as="name.txt"><button type="button" hidden>Save</button></save-button>: saves that text as a file.
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
    const text = document.getElementById(this.getAttribute("from")).innerText.trim();
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([`${text}\n`], { type: "text/plain" }));
    link.download = this.getAttribute("as");
    link.click();
    URL.revokeObjectURL(link.href);
  }
});
