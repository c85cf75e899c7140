// Getting a draft to the server: one save in flight, then the newest; tried again with growing pauses.
// What was sent once is sent again unchanged until it is answered, so that a lost answer stores nothing twice.
import { DraftForm, renewTokens } from "./draft_form.js";
import { renewed, send } from "./send.js";

const PAUSES = [2, 4, 8, 15, 30, 60];

export class Saver {
  /** `told(end, reason or facts)` hears of everything that happens, and is waited for before anything is sent. */
  constructor(draft, { url, person, refused, told }) {
    Object.assign(this, { draft, url, person, told });
    this.stored = refused ? "" : draft.loaded;
    this.base = draft.base;
    this.tries = 0;
    addEventListener("online", () => this.sending && this.save());
  }

  get unsaved() {
    return Boolean(this.sending) || this.draft.now !== this.stored;
  }

  /** What must outlive this page until it is saved, or null. */
  get record() {
    if (!this.unsaved) return null;
    const { base, sending } = this;
    return { typed: this.draft.typed(), base, sending, at: Date.now() };
  }

  /** Go on from what another page left behind; its own last save, perhaps answered unheard, is sent first. */
  takeUp({ typed, base, sending }) {
    Object.assign(this, { base, sending });
    this.stored = sending ? DraftForm.compared(sending.typed) : "";
    this.draft.showTyped(typed);
    return this.save();
  }

  /** Send what is unsaved, or wait for what is under way. Resolves when an answer, or none, has come and was told. */
  async save() {
    clearTimeout(this.waiting);
    if (!this.busy && this.unsaved) this.busy = this.once();
    return this.busy;
  }

  async once() {
    this.sending ??= { typed: this.draft.typed(), base: this.base };
    await this.told("saving");
    const { typed, base } = this.sending;
    const answer = await send(this.url, this.draft.entries(typed, base));
    this.busy = null;
    return this[answer.end](answer);
  }

  saved({ facts }) {
    const sent = DraftForm.compared(this.sending.typed);
    this.sending = null;
    this.tries = 0;
    this.base = facts.revision;
    this.stored = sent;
    // Others' words come in only while nobody types: what is typed on now is merged by the next save.
    if (facts.texts && this.draft.now === sent) {
      this.draft.show(facts.texts, facts.priorities, facts.outcomes);
      this.base = facts.head;
      this.stored = this.draft.now;
    }
    this.draft.base = this.base;
    return this.told("saved", facts);
  }

  delayed({ reason }) {
    const pause = PAUSES[Math.min(this.tries, PAUSES.length - 1)];
    this.tries += 1;
    this.waiting = setTimeout(() => this.save(), pause * 1000 * (0.8 + 0.4 * Math.random()));
    return this.told("delayed", reason);
  }

  refused({ reason }) {
    this.sending = null;
    return this.told("refused", reason);
  }

  "signed-out"() {
    this.signedOut = true;
    return this.told("signed-out");
  }

  /** After a session ended: take up the one that was begun in another tab, if it is the same person's. */
  async renew() {
    const session = await renewed(this.url);
    if (!session) return this.told("signed-out");
    if (String(session.person) !== this.person) return this.told("somebody-else");
    renewTokens(session.csrf_token);
    this.signedOut = false;
    return this.save();
  }
}
