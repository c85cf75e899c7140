// What this browser keeps between visits, in IndexedDB.
//
//   holdings   by [issuer, person, quarter]: see holding.js
//   seen       by [issuer, quarter]: the names of the keys that this browser saw first

const NAME = "narrative-passes";
const STORES = ["holdings", "seen"];

function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function within(work) {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => STORES.forEach((store) => request.result.createObjectStore(store));
  const database = await settled(request);
  try {
    return await work(database);
  } finally {
    database.close();
  }
}

// Read, change and write one record in one transaction; resolves with the record once it is on disk.
// `update` gets the record or undefined and returns the new one, or undefined to remove it; it must not wait.
export function change(store, key, update) {
  return within(async (database) => {
    const transaction = database.transaction(store, "readwrite", { durability: "strict" });
    const records = transaction.objectStore(store);
    const record = update(await settled(records.get(key)));
    record === undefined ? records.delete(key) : records.put(record, key);
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    return record;
  });
}

export function read(store, key) {
  return within((database) => settled(database.transaction(store).objectStore(store).get(key)));
}
