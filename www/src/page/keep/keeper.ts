/**
 * Keeps one piece of work: in memory first, in storage second. What storage cannot do never stops the page; it is
 * said, and tried again with the next change.
 *
 * Two tabs never overwrite each other: the one that is behind says so and offers to load what is newer, or to save
 * its own instead. The database decides who is behind; the channel only brings the news earlier.
 */
import { KShotError } from "../../errors.ts";
import { Events } from "../../events.ts";
import { Database, type Saved, type Snapshot } from "./database.ts";

/** What a keeper keeps. */
export interface Work {
  name: "objects" | "drawings" | "faces";
  /**
   * Kept only once someone has said so. That it is kept is itself what stands in the database, so that what one tab
   * or the browser has removed no other tab brings back.
   */
  optIn?: boolean;
  /** All there is now, or null where there is nothing that anyone would miss. */
  take(): Snapshot | null;
  /**
   * Puts saved work in the place of all there is; false where it is no longer what was saved, and so to be saved
   * anew. Throws a `KShotError` where it cannot be used.
   */
  put(saved: Saved, undoable: boolean): Promise<boolean>;
}

/**
 * `idle`: nothing to save yet. `failed`: storage refused. `newer`: another tab has saved since. `unread`: what was
 * saved could not be used, and is not overwritten unasked. `off`: nobody has asked for it to be kept. `gone`: it was
 * kept, and another tab or the browser has removed it; it is not kept any more.
 */
export type KeepState =
  | { kind: "idle" | "saving" | "saved" | "newer" | "off" | "gone" }
  | { kind: "failed" | "unread"; error: KShotError };

// A change is saved at once, and those of a burst together, this often.
const INTERVAL_MS = 300;

const database = new Database();
const lost = new Set<() => void>();
database.onLost = () => {
  for (const hear of lost) hear();
};

export class Keeper {
  readonly events = new Events<{ state: KeepState }>();
  readonly #work: Work;
  readonly #channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("kshot");
  #state: KeepState = { kind: "idle" };
  /** The saved revision that the work here goes out from. */
  #base: string | null = null;
  /** How the work looked then. */
  #look: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #savedAt = Number.NEGATIVE_INFINITY;
  #dirty = false;
  #saving: Promise<void> | null = null;
  #started = false;
  /** What storage refused last was to remove it. */
  #removing = false;

  constructor(work: Work) {
    this.#work = work;
    if (work.optIn === true) this.#state = { kind: "off" };
    this.#channel?.addEventListener("message", ({ data }) => this.#hear(data));
    lost.add(() => {
      // Nothing is lost while the page is open: it saves all of it again.
      this.#look = null;
      if (this.#base !== null) this.changed();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) void this.flush();
    });
    addEventListener("pagehide", () => void this.flush());
    addEventListener("beforeunload", (event) => {
      // Only where leaving loses something.
      if (this.#dirty && this.#state.kind !== "saving" && this.#work.take() !== null) event.preventDefault();
    });
  }

  get state(): KeepState {
    return this.#state;
  }

  /** Whether it is to be kept. */
  get on(): boolean {
    return this.#state.kind !== "off" && this.#state.kind !== "gone";
  }

  /** Nothing is saved before someone has said that it is to be, or which of two to keep. */
  get #waits(): boolean {
    return this.#state.kind === "newer" || this.#state.kind === "unread" || !this.on;
  }

  /** Brings back what was saved, where there is something. To be called once, before `changed`. */
  async start(): Promise<void> {
    try {
      const saved = await database.load(this.#work.name);
      if (saved !== null) await this.#put(saved, false);
    } catch (error) {
      // A browser that keeps nothing is no news where nobody asked for anything to be kept.
      if (this.#work.optIn !== true || !(error instanceof KShotError)) this.#fail(error);
    }
    this.#started = true;
    if (this.#dirty) this.changed();
  }

  /** Keeps it from now on. Where something else is kept already, it has to be said which of the two. */
  async switchOn(): Promise<void> {
    if (this.on) return;
    try {
      const saved = await database.load(this.#work.name);
      if (saved !== null && this.#work.take() === null) await this.#put(saved, false);
      else if (saved !== null) this.#set({ kind: "newer" });
      else await this.retry();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Removes what is kept, at once, and keeps nothing from now on. */
  async switchOff(): Promise<void> {
    do {
      this.#forgetChange();
      await this.#saving;
    } while (this.#saving !== null);
    this.#forgetChange();
    const known = this.#state.kind === "newer" || this.#state.kind === "unread";
    const stored = this.#base !== null || this.#removing || known;
    this.#base = this.#look = null;
    this.#removing = false;
    this.#set({ kind: "off" });
    try {
      await database.remove(this.#work.name);
      this.#channel?.postMessage({ work: this.#work.name, revision: null });
    } catch (error) {
      // A browser that keeps nothing has nothing to remove.
      if (!stored && error instanceof KShotError) return;
      this.#removing = true;
      this.#fail(error);
    }
  }

  /** The work has changed. */
  changed(): void {
    if (!this.on) return;
    this.#dirty = true;
    if (!this.#started || this.#timer !== undefined) return;
    if (this.#waits) return;
    if (this.#base === null && this.#work.take() === null) {
      this.#dirty = false;
      return;
    }
    this.#set({ kind: "saving" });
    const wait = Math.max(0, this.#savedAt + INTERVAL_MS - performance.now());
    this.#timer = setTimeout(() => void this.flush(), wait);
  }

  /** Saves at once what is still to be saved. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#saving !== null) await this.#saving;
    if (!this.#dirty || !this.#started || this.#waits) return;
    this.#saving = this.#save();
    await this.#saving;
    this.#saving = null;
    this.#savedAt = performance.now();
  }

  /** Tries again what storage refused. */
  async retry(): Promise<void> {
    if (this.#removing) return this.switchOff();
    this.#dirty = true;
    this.#set({ kind: "saving" });
    await this.flush();
  }

  /** Loads what another tab has saved. */
  async loadNewer(): Promise<void> {
    try {
      const saved = await database.load(this.#work.name);
      if (saved === null) {
        this.#base = null;
        this.#set({ kind: this.#work.optIn === true ? "gone" : "idle" });
      } else await this.#put(saved, true);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Saves what is here in the place of what was saved. */
  async saveInstead(): Promise<void> {
    try {
      this.#base = await database.revision(this.#work.name);
      this.#look = null;
      this.#set({ kind: "saving" });
      this.#dirty = true;
      await this.flush();
    } catch (error) {
      this.#fail(error);
    }
  }

  async #put(saved: Saved, undoable: boolean): Promise<void> {
    let same: boolean;
    try {
      same = await this.#work.put(saved, undoable);
    } catch (error) {
      if (!(error instanceof KShotError)) throw error;
      this.#set({ kind: "unread", error });
      return;
    }
    this.#base = saved.revision;
    this.#look = same ? (this.#work.take()?.look ?? null) : null;
    this.#dirty = !same;
    this.#set({ kind: "saved" });
    if (!same) this.changed();
  }

  async #save(): Promise<void> {
    this.#dirty = false;
    const snapshot = this.#work.take() ?? { look: "", record: null, pieces: new Map() };
    if (this.#base !== null && snapshot.look === this.#look) {
      this.#set({ kind: "saved" });
      return;
    }
    try {
      const strict = this.#work.optIn === true;
      const revision = await database.save(this.#work.name, this.#base, snapshot, strict);
      if (revision === "gone") return this.#end();
      if (revision === null) {
        this.#dirty = true;
        this.#set({ kind: "newer" });
        return;
      }
      this.#base = revision;
      this.#look = snapshot.look;
      this.#channel?.postMessage({ work: this.#work.name, revision });
      if (!this.#dirty) this.#set({ kind: "saved" });
    } catch (error) {
      this.#dirty = true;
      this.#fail(error);
    }
  }

  #hear(data: { work: string; revision: string | null }): void {
    if (data.work !== this.#work.name || data.revision === this.#base || !this.on) return;
    if (data.revision === null) {
      this.#end();
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#set({ kind: "newer" });
  }

  /** It was removed elsewhere: it is not kept any more. */
  #end(): void {
    this.#forgetChange();
    this.#base = this.#look = null;
    this.#set({ kind: "gone" });
  }

  #forgetChange(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#dirty = false;
  }

  #fail(error: unknown): void {
    if (!(error instanceof KShotError)) throw error;
    this.#set({ kind: "failed", error });
  }

  #set(state: KeepState): void {
    this.#state = state;
    this.events.emit("state", state);
  }
}
