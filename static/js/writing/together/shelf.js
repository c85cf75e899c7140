// What this device keeps of a shared document (IndexedDB): every change of each open page, before it is sent anywhere.
// A page whose words are not proven saved is marked; what a marked page leaves behind is taken up by the next one.
import { mergeUpdates } from "../../bundles/editor.js";
import { randomHex } from "../../random_hex.js";
import { everythingOf, opened, within } from "./shelf_store.js";

const MOST = 200; // changes of one page, before they are kept as one
const WEEK = 7 * 24 * 3_600_000;

export class Shelf {
  /** `name`: person and narrative. `whole()` gives the document as one change, `known()` what the server last had. */
  constructor(name, { whole, known }) {
    Object.assign(this, { name, whole, known, page: randomHex(8), waiting: [], works: true, count: 0 });
    this.chain = Promise.resolve();
  }

  /** Open the shelf. Whether the browser has one. */
  async open() {
    this.database = await opened().catch(() => null);
    // As long as this page lives, what it keeps is its own.
    if (this.database) navigator.locks?.request(this.lockOf(this.page), () => new Promise(() => {}));
    return Boolean(this.database);
  }

  lockOf(page) {
    return `narrative-documents/${this.name}/${page}`;
  }

  /** Whether everything given so far is on disk. */
  get upToDate() {
    return this.works && !this.waiting.length && !this.writing;
  }

  /** Keep a change; `unsaved` unless the server is known to have it. */
  keep(change, unsaved) {
    this.waiting.push({ change, unsaved });
    this.writing ??= this.then(() => this.write()).finally(() => { this.writing = undefined; });
  }

  /** Resolves when everything given so far is on disk, or cannot be. */
  kept() {
    return this.writing ?? this.chain;
  }

  /** The server is proven to have all that this page, and the pages `others`, kept. */
  saved(others = []) {
    if (!this.marked && !others.length) return;
    this.marked = false;
    this.then(() => within(this.database, (changes, unsaved) => {
      unsaved.delete([this.name, this.page]);
      others.forEach((page) => [changes, unsaved].forEach((store) => store.delete(everythingOf(this.name, page))));
    }));
  }

  /** What other pages keep that is not proven saved: [{page, open, changes, known}]. Sweeps away what is, of closed ones. */
  async left() {
    const held = navigator.locks && new Set((await navigator.locks.query()).held.map((lock) => lock.name));
    const isOpen = (page, at) => (held ? held.has(this.lockOf(page)) : at > Date.now() - WEEK);
    const left = new Map();
    await within(this.database, (changes, unsaved) => {
      unsaved.openCursor(everythingOf(this.name)).onsuccess = ({ target: { result } }) => {
        if (!result) return this.read(changes, left, isOpen);
        const [[, page], { at, known }] = [result.key, result.value];
        left.set(page, { page, open: isOpen(page, at), known, changes: [] });
        result.continue();
      };
    });
    return [...left.values()].filter((one) => one.page !== this.page && one.changes.length);
  }

  read(changes, left, isOpen) {
    changes.openCursor(everythingOf(this.name)).onsuccess = ({ target: { result } }) => {
      if (!result) return;
      const [, page] = result.key;
      if (left.has(page)) left.get(page).changes.push(result.value);
      else if (page !== this.page && !isOpen(page, 0)) result.delete();
      result.continue();
    };
  }

  async write() {
    while (this.waiting.length) {
      const batch = this.waiting.splice(0);
      const unsaved = batch.some((one) => one.unsaved);
      const afresh = this.count >= MOST || !this.works;
      const change = afresh ? this.whole() : mergeUpdates(batch.map((one) => one.change));
      await within(this.database, (changes, marks) => {
        if (afresh) changes.delete(everythingOf(this.name, this.page));
        changes.put(change, [this.name, this.page, afresh ? 0 : this.count]);
        if (unsaved && !this.marked) marks.put({ at: Date.now(), known: this.known() }, [this.name, this.page]);
      }).then(() => this.written(afresh, unsaved), () => { this.works = false; });
    }
  }

  written(afresh, unsaved) {
    this.works = true;
    this.count = afresh ? 1 : this.count + 1;
    this.marked ||= unsaved;
  }

  then(work) {
    this.chain = this.chain.then(work).catch(() => { this.works = false; });
    return this.chain;
  }
}
