/**
 * What is kept in IndexedDB. A piece of work (objects, drawings, faces) is a head, which says what belongs to it,
 * and pieces, which are large and never change: only new ones are written.
 *
 * A save names the revision it goes out from. Where another tab has saved since, nothing is written: the check and
 * the writing are one transaction, and those of one store come one after the other in all tabs.
 */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { KShotError, messageOf } from "../../errors.ts";

interface Head {
  revision: string;
  record: unknown;
}

interface Schema extends DBSchema {
  heads: { key: string; value: Head };
  pieces: { key: [work: string, piece: string]; value: unknown };
}

/** Work as it was saved. */
export interface Saved {
  revision: string;
  record: unknown;
  pieces: Map<string, unknown>;
}

/** Work that is to be saved. A piece is only made where it is not there yet. */
export interface Snapshot {
  /** The same for the same work: what has not changed is not saved again. */
  look: string;
  record: unknown;
  pieces: ReadonlyMap<string, () => Promise<unknown>>;
}

const NAME = "kshot";
const VERSION = 1;

export class Database {
  /** Called when the database was taken away: its site data was cleared, or its disk is gone. */
  onLost: () => void = () => {};
  #opened: Promise<IDBPDatabase<Schema>> | null = null;

  /** The work as it was saved last; null where there is none. Throws `storage_unavailable`. */
  async load(work: string): Promise<Saved | null> {
    return this.#run(async (db) => {
      const transaction = db.transaction(["heads", "pieces"]);
      const [head, keys, values] = await Promise.all([
        transaction.objectStore("heads").get(work),
        transaction.objectStore("pieces").getAllKeys(rangeOf(work)),
        transaction.objectStore("pieces").getAll(rangeOf(work)),
      ]);
      if (head === undefined) return null;
      return { ...head, pieces: new Map(keys.map(([, piece], i) => [piece, values[i]])) };
    });
  }

  /**
   * Saves work that goes out from the revision `base`, null where nothing was saved; gives the new revision, null
   * where another tab has saved in between, and `gone` where what it goes out from was removed and `strict` says
   * that it is not to come back. Throws `storage_full`, `storage_unavailable`.
   */
  async save(
    work: string,
    base: string | null,
    { record, pieces }: Omit<Snapshot, "look">,
    strict = false,
  ): Promise<string | null | "gone"> {
    return this.#run(async (db) => {
      for (;;) {
        // Pieces take their time to make, and a transaction does not wait.
        const there = new Set((await db.getAllKeys("pieces", rangeOf(work))).map(([, piece]) => piece));
        const missing = [...pieces].filter(([piece]) => !there.has(piece));
        const made = await Promise.all(missing.map(async ([piece, make]) => [piece, await make()] as const));
        const outcome = await write(
          db,
          work,
          { base, strict },
          record,
          new Set(pieces.keys()),
          new Map(made),
        );
        if (outcome !== "changed") return outcome;
      }
    });
  }

  /** Removes all of the work, whoever saved it last. Throws `storage_unavailable`. */
  async remove(work: string): Promise<void> {
    await this.#run(async (db) => {
      const transaction = db.transaction(["heads", "pieces"], "readwrite");
      transaction.done.catch(() => {}); // It is awaited below, and may fail before.
      const heads = transaction.objectStore("heads").delete(work);
      await Promise.allSettled([heads, transaction.objectStore("pieces").delete(rangeOf(work))]);
      await transaction.done;
    });
  }

  /** The revision that is saved now; null where there is none. */
  async revision(work: string): Promise<string | null> {
    return this.#run(async (db) => (await db.get("heads", work))?.revision ?? null);
  }

  async #run<T>(task: (db: IDBPDatabase<Schema>) => Promise<T>): Promise<T> {
    try {
      return await task(await this.#open());
    } catch (error) {
      // A connection that was cut is opened anew, once: clearing site data cuts it.
      if (!isCut(error)) throw asStorageError(error);
      this.#opened = null;
      try {
        return await task(await this.#open());
      } catch (again) {
        throw asStorageError(again);
      }
    }
  }

  #open(): Promise<IDBPDatabase<Schema>> {
    this.#opened ??= this.#connect().catch((error) => {
      this.#opened = null;
      throw error;
    });
    return this.#opened;
  }

  async #connect(): Promise<IDBPDatabase<Schema>> {
    const lost = () => {
      this.#opened = null;
      this.onLost();
    };
    return openDB<Schema>(NAME, VERSION, {
      upgrade: (db) => {
        db.createObjectStore("heads");
        db.createObjectStore("pieces");
      },
      terminated: lost,
      // Another tab deletes it, or brings a newer version.
      blocking: (_current, _blocked, event) => {
        (event.target as IDBDatabase).close();
        lost();
      },
    });
  }
}

async function write(
  db: IDBPDatabase<Schema>,
  work: string,
  { base, strict }: { base: string | null; strict: boolean },
  record: unknown,
  wanted: ReadonlySet<string>,
  made: ReadonlyMap<string, unknown>,
): Promise<string | null | "changed" | "gone"> {
  const transaction = db.transaction(["heads", "pieces"], "readwrite");
  transaction.done.catch(() => {}); // It is awaited below, and may fail before.
  const heads = transaction.objectStore("heads");
  const pieces = transaction.objectStore("pieces");
  const head = await heads.get(work);
  if (head !== undefined && head.revision !== base) return null;
  if (head === undefined && base !== null && strict) return "gone";
  const there = new Set((await pieces.getAllKeys(rangeOf(work))).map(([, piece]) => piece));
  for (const piece of wanted) if (!there.has(piece) && !made.has(piece)) return "changed";
  const revision = makeName();
  const requests: Promise<unknown>[] = [heads.put({ revision, record }, work)];
  for (const piece of there) if (!wanted.has(piece)) requests.push(pieces.delete([work, piece]));
  for (const [piece, value] of made) requests.push(pieces.put(value, [work, piece]));
  // Only the transaction knows why it failed; its requests say no more than that they did.
  await Promise.allSettled(requests);
  await transaction.done;
  return revision;
}

/** A name that nobody else makes; `crypto.randomUUID` is for pages over https alone. */
export function makeName(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join("-");
}

/** All pieces of a work: arrays come after every string. */
function rangeOf(work: string): IDBKeyRange {
  return IDBKeyRange.bound([work], [work, []]);
}

const CUT = new Set(["InvalidStateError", "AbortError", "UnknownError"]);

function isCut(error: unknown): boolean {
  return error instanceof DOMException && CUT.has(error.name);
}

function asStorageError(error: unknown): KShotError {
  const full = error instanceof DOMException && error.name === "QuotaExceededError";
  return new KShotError(full ? "storage_full" : "storage_unavailable", messageOf(error), { cause: error });
}
