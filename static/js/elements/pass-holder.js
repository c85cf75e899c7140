// <pass-holder data-…>: fetches the reader's passes for this quarter while they read, so that asking, weeks later, has
// nothing to do with when anybody signed in. Silent when it went well; one sentence when it did not.

const idle = globalThis.requestIdleCallback ?? ((work) => setTimeout(work, 500));

customElements.define("pass-holder", class extends HTMLElement {
  connectedCallback() {
    idle(() => this.hold());
  }

  async hold() {
    const { holdPasses } = await import("../passes/hold.js");
    const { NotIssued, PassError } = await import("../passes/errors.js");
    const { issuer, person, quarter, count, keys, csrf } = this.dataset;
    try {
      await holdPasses({ issuer, person, quarter, count: Number(count), keyIds: keys.split(" "), csrf });
      this.textContent = "";
      this.dispatchEvent(new CustomEvent("passes-held", { bubbles: true }));
    } catch (error) {
      this.textContent = error instanceof PassError ? error.message : NotIssued.sentence;
    }
  }
});
