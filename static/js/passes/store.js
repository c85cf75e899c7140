// What this browser keeps between visits, in IndexedDB.
//
//   holdings   by [issuer, person, quarter]: the seed, the finished passes, what was sent with each
//   seen       by [issuer, quarter]: the names of the keys that this browser saw first

const NAME = "narrative-passes";
const STORES = ["holdings", "seen"];

function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function opened() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => STORES.forEach((store) => request.result.createObjectStore(store));
  return settled(request);
}

// Read, change and write one record in one transaction; resolves with the record once it is on disk.
// `update` gets the record or undefined and returns the new one; it must not wait for anything.
export async function change(store, key, update) {
  const database = await opened();
  try {
    const transaction = database.transaction(store, "readwrite", { durability: "strict" });
    const records = transaction.objectStore(store);
    const record = update(await settled(records.get(key)));
    records.put(record, key);
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    return record;
  } finally {
    database.close();
  }
}

export async function read(store, key) {
  const database = await opened();
  try {
    return await settled(database.transaction(store).objectStore(store).get(key));
  } finally {
    database.close();
  }
}
