// <shared-writing form="draft" url="…/document" revisions="…/revisions" person="7" name="2026-q3/product">: several write a
// narrative at once. Where that cannot be, the form inside saves itself (<auto-save>). Which of the two is decided here.

/** Whether this device writes together: it has a keyboard and a fine pointer, and a place to keep what is typed. */
function able(element) {
  const fine = matchMedia("(any-pointer: fine)").matches || !matchMedia("(any-pointer: coarse)").matches;
  const sheets = "adoptedStyleSheets" in document && "replaceSync" in CSSStyleSheet.prototype;
  return fine && sheets && "indexedDB" in globalThis && !element.hasAttribute("refused");
}

async function together(element, form) {
  if (!able(element)) return false;
  const room = await import("../writing/together/room.js").catch(() => null);
  return room ? room.openRoom(element, form) : false;
}

customElements.define("shared-writing", class extends HTMLElement {
  async connectedCallback() {
    const form = document.getElementById(this.getAttribute("form"));
    await customElements.whenDefined("save-state");
    await customElements.whenDefined("priority-rows");
    const open = await together(this, form);
    if (!open) await import("./auto-save.js");
    this.dataset.writing = open ? "together" : "form";
  }
});
