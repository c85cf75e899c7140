// Text that is not saved yet, kept on this device (IndexedDB), one record for each open page.
// A record outlives a crash, a closed window and an ended session; it goes once the server has the text.

import { randomHex } from "../random_hex.js";

const NAME = "narrative-writing";
const STORE = "unsaved";

function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function opened() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return settled(request);
}

async function within(mode, work) {
  const database = await opened();
  try {
    // Strict: on disk before we go on, so that even a killed browser has it.
    const transaction = database.transaction(STORE, mode, { durability: "strict" });
    const ended = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    const result = await settled(work(transaction.objectStore(STORE)));
    await ended;
    return result;
  } finally {
    database.close();
  }
}

/** What this page, and pages before it, keep of one draft. */
export class DeviceCopy {
  /** `draft` names person, quarter and bucket; `current()` gives what must be kept now, or null. */
  constructor(draft, current) {
    this.draft = `${draft}/`;
    this.key = this.draft + randomHex(8);
    this.current = current;
    this.works = true;
    // As long as this page lives, its record is not offered to another one.
    navigator.locks?.request(this.key, () => new Promise(() => {}));
  }

  /** Bring the device up to date; resolves once it is, on disk. One write at a time, then the newest. */
  refresh() {
    this.again = true;
    this.running ??= this.run().finally(() => { this.running = undefined; });
    return this.running;
  }

  async run() {
    while (this.again) {
      this.again = false;
      const record = this.current();
      try {
        await (record ? within("readwrite", (store) => store.put(record, this.key)) : this.forget(this.key));
        this.works = true;
      } catch {
        this.works = false;
      }
    }
  }

  forget(key) {
    return within("readwrite", (store) => store.delete(key));
  }

  /** What pages left behind that are no longer open: [{key, record}], the latest first. */
  async left() {
    const range = IDBKeyRange.bound(this.draft, `${this.draft}\uffff`);
    const keys = await within("readonly", (store) => store.getAllKeys(range));
    const held = new Set((await navigator.locks?.query())?.held.map((lock) => lock.name));
    const orphans = keys.filter((key) => key !== this.key && !held.has(key));
    const found = await Promise.all(orphans.map(async (key) => (
      { key, record: await within("readonly", (store) => store.get(key)) }
    )));
    return found.filter(({ record }) => record).sort((one, other) => other.record.at - one.record.at);
  }
}
