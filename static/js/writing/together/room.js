// A narrative in its drafting room, written together: what is typed is kept on this device, then sent; what others
// write comes in; and the page says how things stand.
import { applyUpdate, encodeStateAsUpdate, mergeUpdates, SharedDocument } from "../../bundles/editor.js";
import { DEVICE, SERVER, textOf, wordings } from "./document.js";
import { Shelf } from "./shelf.js";
import { Sync } from "./sync.js";
import { furnish } from "./furniture.js";
import { Session } from "./session.js";

const PATIENCE = 6_000;

/** What became of the first exchange: whether there is a document to show. */
async function met(sync) {
  const late = new Promise((resolve) => { setTimeout(resolve, PATIENCE); });
  await Promise.race([sync.now(), late]);
  return sync.seq !== null;
}

class Room {
  constructor(element, form) {
    this.element = element;
    this.form = form;
    this.shared = new SharedDocument();
    const [person, name] = ["person", "name"].map((attribute) => element.getAttribute(attribute));
    this.session = new Session(form, person);
    this.shelf = new Shelf(`${person}/${name}`, {
      whole: () => encodeStateAsUpdate(this.shared), known: () => wordings(this.sync.theirs),
    });
    this.taken = [];
    this.news = [];
  }

  /** Take up what this device holds, then meet the server. Whether there is something to write in. */
  async open() {
    if (!(await this.shelf.open())) return false;
    const left = await this.shelf.left();
    this.shared.on("update", (change, origin) => this.shelf.keep(change, origin !== SERVER));
    this.sync = new Sync(this.shared, {
      url: this.element.getAttribute("url"),
      token: () => this.session.token,
      cursor: () => this.presence?.cursor() ?? null,
      kept: () => this.shelf.kept(),
      told: (what, facts) => this.told(what, facts),
    });
    left.forEach(({ changes }) => applyUpdate(this.shared, mergeUpdates(changes), DEVICE));
    if (left.length) Object.assign(this.sync, { gap: true, known: left[0].known });
    this.taken = left.filter(({ open }) => !open).map(({ page }) => page);
    if (!(await met(this.sync)) && !left.length) return this.leave();
    furnish(this);
    this.news.splice(0).forEach(([what, facts]) => this.hear(what, facts));
    addEventListener("focus", () => this.sync.halted && this.sync.soon(0));
    addEventListener("beforeunload", (event) => this.careless && event.preventDefault());
    return true;
  }

  leave() {
    this.sync.end();
    return false;
  }

  /** Whether leaving now would lose words: neither sent nor kept on this device. */
  get careless() {
    return this.sync.unsent.length > 0 && !this.shelf.upToDate;
  }

  /** Until there is a page that shows it, what is told waits. */
  told(what, facts) {
    if (this.standing) this.hear(what, facts);
    else this.news.push([what, facts]);
  }

  hear(what, facts) {
    this[what](facts);
  }

  changed() {
    this.standing.changed();
  }

  answered(facts) {
    this.session.held();
    this.presence.show(facts.here);
    if (facts.closed === "published") this.published();
    if (!this.sync.saved) return this.standing.onItsWay();
    this.standing.saved(new Date(facts.saved_at));
    this.shelf.saved(this.taken.splice(0));
  }

  delayed({ reason }) {
    this.standing.troubled("delayed", reason);
  }

  refused({ reason }) {
    this.standing.troubled("refused", reason);
  }

  async "signed-out"() {
    const became = await this.session.renew();
    if (became !== "renewed") return this.standing.troubled(became);
    this.sync.halted = false;
    this.sync.soon(0);
  }

  apart({ known, mine, theirs }) {
    this.merged(known, mine, theirs);
  }

  textOf(part) {
    return textOf(this.shared, part);
  }
}

/** Open the room around `form`. Resolves to whether it is open; where not, one writes by the form. */
export async function openRoom(element, form) {
  return new Room(element, form).open();
}
