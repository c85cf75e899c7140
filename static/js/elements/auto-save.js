// <auto-save form="draft" person="7" name="2026-q3/product">: saves the draft while it is written.
// Keeps it on this device until the server has it, and says in <save-state> how things stand.
import { DeviceCopy } from "../writing/device.js";
import { DraftForm } from "../writing/draft_form.js";
import { lookAgain, notSavedFirst } from "../writing/look_again.js";
import { reasonFor } from "../writing/reasons.js";
import { Saver } from "../writing/saver.js";
import { released } from "../released.js";
import { showParts } from "../writing/show_parts.js";

const IDLE = 1500;
const LONGEST = 10_000;

customElements.define("auto-save", class extends HTMLElement {
  connectedCallback() {
    this.form = document.getElementById(this.getAttribute("form"));
    this.state = this.querySelector("save-state");
    const person = this.getAttribute("person");
    const told = (end, what) => this.told(end, what);
    const refused = this.hasAttribute("refused");
    this.saver = new Saver(new DraftForm(this.form), { url: this.form.action, person, refused, told });
    this.device = new DeviceCopy(`${person}/${this.getAttribute("name")}`, () => this.saver.record);
    ["input", "click"].forEach((type) => this.addEventListener(type, this));
    ["keydown", "visibilitychange"].forEach((type) => document.addEventListener(type, this));
    ["beforeunload", "focus"].forEach((type) => window.addEventListener(type, this));
    document.addEventListener("submit", this, true);
    this.offer();
    this.on_input();
  }

  handleEvent(event) {
    this[`on_${event.type}`](event);
  }

  on_input() {
    this.device.refresh();
    if (this.saver.unsaved) this.schedule(IDLE);
  }

  on_keydown(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "s") return;
    event.preventDefault();
    this.saveNow();
  }

  async on_submit(event) {
    const mine = event.target === this.form;
    if (!mine && !this.saver.unsaved) return;
    event.preventDefault();
    await this.saveNow();
    if (this.saver.unsaved) await this.saveNow(); // a save was under way already, with fewer words
    if (mine) return;
    if (this.saver.unsaved) notSavedFirst(event.target);
    else if (event.target.isConnected) event.target.requestSubmit(event.submitter);
    else lookAgain();
  }

  on_visibilitychange() {
    if (document.hidden) this.save();
  }

  on_focus() {
    if (this.saver.signedOut) this.saver.renew();
  }

  on_beforeunload(event) {
    if (this.saver.unsaved) event.preventDefault();
  }

  on_click({ target }) {
    if (target.matches("[data-put-back]")) this.putBack();
    if (target.matches("[data-discard]")) this.discard();
  }

  schedule(pause) {
    clearTimeout(this.idle);
    this.idle = setTimeout(() => this.save(), pause);
    this.longest ??= setTimeout(() => this.save(), LONGEST);
  }

  save() {
    clearTimeout(this.idle);
    clearTimeout(this.longest);
    this.longest = undefined;
    return this.saver.signedOut ? undefined : this.saver.save();
  }

  saveNow() {
    return this.saver.signedOut ? this.saver.renew() : this.save();
  }

  async told(end, what) {
    if (end === "saving") this.state.saving();
    await this.device.refresh();
    if (end === "saving") return;
    if (end !== "saved") return this.state.failed(reasonFor(end, what, this.device.works));
    this.state.saved(new Date(what.saved_at));
    await released();
    showParts({ "sign-off": what.sign_off, lately: what.lately, merged: what.notice });
    if (this.saver.unsaved) this.schedule(IDLE);
  }

  async offer() {
    [this.offered] = await this.device.left().catch(() => []);
    this.querySelector("#unsaved").hidden = !this.offered;
  }

  async putBack() {
    await this.saveNow();
    if (this.saver.unsaved) return;
    await this.saver.takeUp(this.offered.record);
    await this.device.refresh();
    this.discard();
  }

  async discard() {
    await this.device.forget(this.offered.key);
    this.offer();
  }
});
