// <copy-button from="id"><button type="button" hidden>Copy</button></copy-button>: copies the text of that element.
import { announce } from "../announce.js";

const STAY = 4000;

customElements.define("copy-button", class extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("button");
    this.label ??= this.button.textContent;
    this.button.hidden = false;
    this.button.addEventListener("click", this);
  }

  disconnectedCallback() {
    this.button.removeEventListener("click", this);
  }

  async handleEvent() {
    const source = document.getElementById(this.getAttribute("from"));
    const text = (source.value ?? source.textContent).trim();
    try {
      await navigator.clipboard.writeText(text);
      this.say("Copied");
    } catch {
      // No clipboard without https: leave the text selected for the reader's own keys.
      getSelection().selectAllChildren(source);
      source.select?.();
      this.say("Selected: copy it now");
    }
  }

  say(words) {
    this.button.textContent = words;
    announce(words);
    clearTimeout(this.restoring);
    this.restoring = setTimeout(() => { this.button.textContent = this.label; }, STAY);
  }
});
