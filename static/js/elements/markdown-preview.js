// <markdown-preview for="id" url="/…"><div class="prose"></div></markdown-preview>: what readers will see of a text.
// Whoever gives `source()` is asked for the text instead of the field. The server renders it, with the same function as the published page. One request in flight, then the newest.
const PAUSE = 400;

customElements.define("markdown-preview", class extends HTMLElement {
  connectedCallback() {
    this.field = document.getElementById(this.getAttribute("for"));
    this.page = this.querySelector(".prose");
    this.field.addEventListener("input", this);
    if (this.field.value.trim() && !this.page.childElementCount) this.refresh();
  }

  disconnectedCallback() {
    this.field.removeEventListener("input", this);
    clearTimeout(this.pausing);
  }

  handleEvent() {
    clearTimeout(this.pausing);
    this.pausing = setTimeout(() => this.refresh(), PAUSE);
  }

  /** Resolves when the newest text is shown, or cannot be. */
  refresh() {
    this.again = true;
    this.busy ??= this.newest().finally(() => { this.busy = undefined; });
    return this.busy;
  }

  async newest() {
    while (this.again) {
      this.again = false;
      try {
        this.show(await this.rendered(this.source?.() ?? this.field.value));
        this.removeAttribute("data-stale");
      } catch {
        // The last good preview stays; the mark beside it says that it is old.
        this.setAttribute("data-stale", "");
      }
    }
  }

  async rendered(text) {
    const token = this.field.form.elements.csrf_token.value;
    const response = await fetch(this.getAttribute("url"), {
      method: "POST",
      headers: { "X-CSRFToken": token },
      body: new URLSearchParams({ text }),
    });
    if (!response.ok) throw new Error(`preview: ${response.status}`);
    return response.text();
  }

  show(html) {
    this.page.innerHTML = html;
  }
});
