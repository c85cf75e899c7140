// <reveal-password for="id"><button type="button" hidden>Show password</button></reveal-password>: shows what is typed.
customElements.define("reveal-password", class extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("button");
    this.field = document.getElementById(this.getAttribute("for"));
    this.button.hidden = false;
    this.button.addEventListener("click", this);
    // A browser remembers what stood in a plain field, so the field is a password again before it is sent.
    this.field.form.addEventListener("submit", this);
  }

  disconnectedCallback() {
    this.button.removeEventListener("click", this);
    this.field.form?.removeEventListener("submit", this);
  }

  handleEvent(event) {
    this.show(event.type === "click" && this.field.type === "password");
  }

  show(shown) {
    this.field.type = shown ? "text" : "password";
    this.button.setAttribute("aria-pressed", shown);
  }
});
