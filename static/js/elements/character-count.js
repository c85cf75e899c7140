// <character-count for="id" limit="2000">: how many characters are left. Seen at once; said after a pause, near the end only.
import { announce } from "../announce.js";

const PAUSE = 1000;
const NEAR = 0.1;
const number = new Intl.NumberFormat(document.documentElement.lang || "en");

function words(left) {
  const plural = Math.abs(left) === 1 ? "character" : "characters";
  return left < 0 ? `${number.format(-left)} ${plural} too many` : `${number.format(left)} ${plural} left`;
}

customElements.define("character-count", class extends HTMLElement {
  connectedCallback() {
    this.field = document.getElementById(this.getAttribute("for"));
    this.limit = Number(this.getAttribute("limit"));
    this.field.addEventListener("input", this);
    this.show();
  }

  disconnectedCallback() {
    this.field.removeEventListener("input", this);
    clearTimeout(this.pausing);
  }

  handleEvent() {
    this.show();
    clearTimeout(this.pausing);
    if (this.left < this.limit * NEAR) this.pausing = setTimeout(() => announce(words(this.left)), PAUSE);
  }

  show() {
    // Characters as the server counts them: code points, and a line break is one.
    this.left = this.limit - Array.from(this.field.value).length;
    this.textContent = words(this.left);
    this.toggleAttribute("data-over", this.left < 0);
  }
});
