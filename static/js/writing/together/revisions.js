// Making a revision of what is written, and what waits for one: the Save button, and the owner's sign-off.
import { lookAgain, notSavedFirst } from "../look_again.js";
import { send } from "../send.js";
import { showParts } from "../show_parts.js";

export class Revisions {
  /** `form`: the draft's; `url` makes them; `sync` sends what is unsent; `troubled(end, reason)`: it did not work. */
  constructor(form, url, sync, troubled) {
    Object.assign(this, { form, url, sync, troubled, passing: new WeakSet() });
    document.addEventListener("submit", (event) => this.submitted(event), true);
    document.addEventListener("keydown", (event) => this.pressed(event));
  }

  pressed(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "s") return;
    event.preventDefault();
    this.save();
  }

  async submitted(event) {
    const { target: form, submitter } = event;
    // What somebody decides about one revision, they decide about the one that they saw.
    const signed = (form.elements.revision ?? form.elements.head)?.value;
    const draft = form === this.form;
    if (this.passing.has(form) || (!draft && !signed && this.sync.saved)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (draft) return this.save();
    if (!(await this.sync.everything())) return notSavedFirst(form);
    if (signed && (await this.settled(signed)) !== signed) return;
    this.passing.add(form);
    form.requestSubmit(submitter);
  }

  /** Send what is unsent, and make a revision of it. */
  async save() {
    if (await this.sync.everything()) await this.settled();
  }

  /** The number of the revision that says what is written now. Shows what follows from it, unless it is `shown` already. */
  async settled(shown) {
    const { end, facts, reason } = await send(this.url, [["csrf_token", this.form.elements.csrf_token.value]]);
    if (end !== "saved") return this.troubled(end, reason);
    const head = String(facts.head);
    if (head === shown) return head;
    showParts({ "sign-off": facts.sign_off, lately: facts.lately });
    if (shown) lookAgain();
    return head;
  }
}
