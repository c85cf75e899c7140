// <flash-message>: what the last action did. Stands in the page for the eyes and is announced once for the ears.
import { announce } from "../announce.js";

customElements.define("flash-message", class extends HTMLElement {
  connectedCallback() {
    announce(this.textContent.trim());
  }
});
