// Keeps the document of this page and the server's the same, by short exchanges. One is under way at a time.
// What the server is known to have is mirrored in `theirs`: the proof of "Saved" and the wordings of others come from it.
import { applyUpdate, encodeStateAsUpdate, encodeStateVector, mergeUpdates, SharedDocument } from "../../bundles/editor.js";
import { randomHex } from "../../random_hex.js";
import { fromBase64url, toBase64url } from "./base64url.js";
import { SERVER, wordings } from "./document.js";
import { exchange } from "./exchange.js";
import { Loop } from "./loop.js";
import { pauseAfter } from "./pauses.js";
import { covers } from "./proof.js";
import { keepWrittenRows } from "./written_rows.js";

const GAP = 60_000;
const UNREADABLE = "the server’s answer cannot be read.";
const NOT_KEPT = "the server does not keep what it is sent.";

export class Sync extends Loop {
  /** `told(what, facts)` hears of everything; `token()`, `cursor()` and `kept()` are asked before each exchange. */
  constructor(shared, { url, token, cursor, kept, told }) {
    super();
    Object.assign(this, { shared, url, token, cursor, kept, told });
    Object.assign(this, { tab: randomHex(8), theirs: new SharedDocument(), unsent: [], tries: 0, losses: 0, seq: null });
    // The first exchange, and the one after a gap, only fetches: so we see what others wrote before ours is mixed in.
    this.fetching = true;
    this.gap = false;
    this.lastContact = Date.now();
    shared.on("update", (change, origin) => origin !== SERVER && this.changed(change));
  }

  /** Whether everything written here is proven to be on the server. */
  get saved() {
    return !this.unsent.length && !this.fetching;
  }

  changed(change) {
    this.unsent.push(change);
    this.unsentSince ??= Date.now();
    this.told("changed");
    if (!this.tries && !this.halted) this.afterTyping();
  }

  async once() {
    await this.kept();
    if (Date.now() - this.lastContact > GAP) this.fetching = this.gap = true;
    const sent = this.composed();
    const answer = await exchange(this.url, sent.body, this.token());
    try {
      this[answer.end](answer, sent);
    } catch {
      this.delayed({ reason: UNREADABLE });
    }
  }

  composed() {
    const { seq, tab, fetching } = this;
    if (this.halted && this.unsent.length) this.unsent = [encodeStateAsUpdate(this.shared, this.state)];
    const changes = fetching ? [] : [...this.unsent];
    const change = changes.length ? mergeUpdates(changes) : null;
    const vector = encodeStateVector(this.shared);
    const state = toBase64url(fetching ? encodeStateVector(this.theirs) : vector);
    const update = change ? toBase64url(change) : "";
    const body = { tab, seq, state, update, cursor: document.hidden ? null : this.cursor(), away: document.hidden };
    return { body, change, count: changes.length, vector, fetching };
  }

  answered({ facts }, { change, count, vector, fetching }) {
    const apart = this.gap && this.unsent.length ? { mine: wordings(this.shared), known: this.known ?? wordings(this.theirs) } : null;
    if (change) applyUpdate(this.theirs, change);
    this.unsent.splice(0, count);
    if (facts.update) this.take(fromBase64url(facts.update));
    if (facts.state) this.state = fromBase64url(facts.state);
    const complete = covers(this.state, vector) && !(facts.seq < this.seq);
    const again = !complete || (fetching && this.unsent.length > 0);
    if (again) this.unsent = [encodeStateAsUpdate(this.shared, this.state)];
    this.losses = complete || fetching ? 0 : this.losses + 1;
    if (apart) this.told("apart", { ...apart, theirs: wordings(this.theirs) });
    Object.assign(this, { seq: facts.seq, lastContact: Date.now(), fetching: false, gap: false, halted: false, known: null });
    if (this.losses > 1) return this.delayed({ reason: NOT_KEPT, status: 200 });
    this.tries = 0;
    if (this.saved) this.unsentSince = undefined;
    this.told("answered", facts);
    this.soon(again ? 0 : this.pause(facts));
  }

  take(change) {
    const rows = keepWrittenRows(this.shared, this.unsent.length ? this.theirs : this.shared);
    applyUpdate(this.theirs, change);
    applyUpdate(this.shared, change, SERVER);
    rows.restore();
  }

  pause(facts) {
    return pauseAfter({ tries: this.tries, halted: this.halted, company: facts?.here.length > 0 });
  }

  delayed({ reason, status }) {
    this.tries += 1;
    if (!this.losses) this.fetching = true;
    // Without a status there was no contact at all.
    if (!status) this.gap = true;
    this.told("delayed", { reason });
    this.soon(this.pause());
  }

  refused({ reason }) {
    this.halt("refused", { reason });
  }

  "signed-out"() {
    this.halt("signed-out");
  }

  halt(what, facts) {
    this.halted = true;
    this.told(what, facts);
    this.soon(this.pause());
  }
}
