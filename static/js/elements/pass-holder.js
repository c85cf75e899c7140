// <pass-holder data-…>: fetches the reader's passes for this quarter while they read, so that asking, weeks later, has
// nothing to do with when anybody signed in. Silent when it went well; one sentence when it did not.

const idle = globalThis.requestIdleCallback ?? ((work) => setTimeout(work, 500));

customElements.define("pass-holder", class extends HTMLElement {
  connectedCallback() {
    idle(() => this.hold());
  }

  get offer() {
    const { count, slots, rounds, ...rest } = this.dataset;
    return { ...rest, count: Number(count), slots: Number(slots), rounds: Number(rounds) };
  }

  async hold() {
    const { AlreadyIssued, holdPasses, NotIssued, PassError } = await import("../bundles/passes.js");
    try {
      await holdPasses(this.offer);
      this.textContent = "";
      this.dispatchEvent(new CustomEvent("passes-held", { bubbles: true }));
    } catch (error) {
      const link = Object.assign(document.createElement("a"), { href: "/passes", textContent: "Your passes" });
      this.replaceChildren(error instanceof PassError ? error.message : NotIssued.sentence);
      if (error instanceof AlreadyIssued && location.pathname !== link.pathname) this.append(" ", link);
    }
  }
});
