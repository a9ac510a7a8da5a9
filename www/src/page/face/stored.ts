/**
 * Counts the bytes of faces in everything that this page can store: local and session storage, databases and caches.
 * The page writes people only where that was switched on; this looks for whatever speaks of faces rather than trusting that.
 */

const NAME = /face|person|people/i;

/** Bytes of all entries whose name speaks of faces; of a cache of that name, 1. */
export async function countStored(): Promise<number> {
  let bytes = 0;
  try {
    for (const storage of [localStorage, sessionStorage])
      for (const [key, value] of Object.entries(storage))
        if (NAME.test(key)) bytes += key.length + String(value).length;
    for (const { name } of (await indexedDB.databases?.()) ?? []) bytes += await countDatabase(name ?? "");
    bytes += (await caches.keys()).filter((name) => NAME.test(name)).length;
  } catch {
    // Storage is switched off, or empty of what is asked about: nothing can lie in it.
  }
  return bytes;
}

async function countDatabase(name: string): Promise<number> {
  const database = await done(indexedDB.open(name));
  try {
    const stores = [...database.objectStoreNames];
    if (stores.length === 0) return 0;
    const transaction = database.transaction(stores);
    let bytes = 0;
    for (const store of stores) {
      const keys = await done(transaction.objectStore(store).getAllKeys());
      for (const key of keys) {
        if (!NAME.test(JSON.stringify(key))) continue;
        bytes += sizeOf(await done(transaction.objectStore(store).get(key)));
      }
    }
    return bytes;
  } finally {
    database.close();
  }
}

/** Roughly: numbers by their bytes, all else by its letters. */
function sizeOf(value: unknown): number {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return value.byteLength;
  if (value instanceof Blob) return value.size;
  if (typeof value !== "object" || value === null) return String(value).length;
  return Object.values(value).reduce((sum: number, one) => sum + sizeOf(one), 0) + 1;
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
