/**
 * Undo on the page. The engine knows the steps; here is only what still adds to one, so that it can be stopped
 * before its step is taken back.
 */
import type { UndoAction } from "../types.ts";
import type { App } from "./app.ts";

export class History {
  readonly #app: App;
  /** By the number of their step. */
  readonly #running = new Map<number, { stop: AbortController; done: Promise<unknown> }>();
  #undoing: Promise<unknown> = Promise.resolve();

  constructor(app: App) {
    this.#app = app;
  }

  /** Whether there is anything to take back. */
  get possible(): boolean {
    return this.#newest !== undefined;
  }

  /** The step that was begun last, also where nothing has come of it yet: a later one has a higher number. */
  get #newest(): number | undefined {
    const steps = [...this.#running.keys()];
    const newest = this.#app.engine?.support.undo?.step;
    return newest === undefined && steps.length === 0 ? undefined : Math.max(newest ?? 0, ...steps);
  }

  /** Runs many changes of one step; they are to end at once when `signal` is aborted. */
  async run<T>(step: number, change: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const stop = new AbortController();
    const done = change(stop.signal);
    this.#running.set(step, { stop, done });
    try {
      return await done;
    } finally {
      this.#running.delete(step);
    }
  }

  /** Takes a step back, the newest where none is named; one call after the other, so that none is lost. Says which. */
  undo(step?: number): Promise<UndoAction | null> {
    const undone = this.#undoing.then(() => this.#undo(step));
    this.#undoing = undone.catch(() => {});
    return undone;
  }

  async #undo(step = this.#newest): Promise<UndoAction | null> {
    if (step === undefined) return null;
    const running = this.#running.get(step);
    running?.stop.abort();
    await running?.done.catch(() => {});
    return (await this.#app.engine?.undo({ step })) ?? null;
  }
}
