// The database of this device in which shared documents are kept.
//
//   changes  by [document, page, number]: changes as Yjs encodes them
//   unsaved  by [document, page]: {at, known}, while that page's words are not proven saved; `known` are the wordings
//            that the server had when the first of them was typed
const NAME = "narrative-documents";
const STORES = ["changes", "unsaved"];

/** Open it. Rejects where the browser has none. */
export function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => STORES.forEach((store) => request.result.createObjectStore(store));
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
  });
}

/** The range of every key that begins with `key`. */
export const everythingOf = (...key) => IDBKeyRange.bound(key, [...key, []]);

/** Do `work(changes, unsaved)` in one transaction. Strict: on disk before we go on, so that even a killed browser has it. */
export function within(database, work) {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORES, "readwrite", { durability: "strict" });
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
    work(...STORES.map((store) => transaction.objectStore(store)));
  });
}
