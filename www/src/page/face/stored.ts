/**
 * Counts the bytes of faces in everything that this page can store: local and session storage, databases and caches.
 * The page never writes one, so this looks for a name of faces rather than trusting that.
 */

const NAME = /face|person|people/i;

/** Bytes of all entries whose name speaks of faces; a database or cache of that name counts at least 1. */
export async function countStored(): Promise<number> {
  let bytes = 0;
  try {
    for (const storage of [localStorage, sessionStorage])
      for (const [key, value] of Object.entries(storage))
        if (NAME.test(key)) bytes += key.length + String(value).length;
  } catch {
    // Storage is switched off: nothing can lie in it.
  }
  const databases = (await globalThis.indexedDB?.databases?.().catch(() => [])) ?? [];
  bytes += databases.filter(({ name }) => NAME.test(name ?? "")).length;
  const caches = (await globalThis.caches?.keys().catch(() => [])) ?? [];
  bytes += caches.filter((name) => NAME.test(name)).length;
  return bytes;
}
