/**
 * Undo as the user means it: a whole burst, a whole folder, all the sample photos at once.
 *
 * The engine undoes one change at a time. Each group remembers how the support set looked before it and
 * undoes until it looks so again. Groups that overlap become one.
 */
import type { SupportSummary } from "../types.ts";
import type { App } from "./app.ts";

export class History {
  readonly #app: App;
  #groups: string[] = [];
  #undoing = false;

  constructor(app: App) {
    this.#app = app;
  }

  /** Whether there is anything to take back. */
  get possible(): boolean {
    return this.#groups.length > 0 && this.#app.engine?.support.undo != null;
  }

  /** Runs changes that are taken back together. */
  async group<T>(change: () => Promise<T>): Promise<T> {
    const start = this.#groups.length;
    const before = this.#look();
    try {
      return await change();
    } finally {
      this.#groups.length = Math.min(this.#groups.length, start);
      if (this.#look() !== before) this.#groups.push(before);
    }
  }

  /** Takes the last group back. */
  async undo(): Promise<void> {
    const engine = this.#app.ready;
    if (engine === null || this.#undoing || !this.possible) return;
    const before = this.#groups.pop();
    this.#undoing = true;
    try {
      while (engine.support.undo !== null && this.#look() !== before) await engine.undo();
    } finally {
      this.#undoing = false;
    }
  }

  /** Forgets everything: a rebuilt engine has no past. */
  clear(): void {
    this.#groups = [];
  }

  #look(): string {
    const classes: SupportSummary["classes"] = this.#app.engine?.support.classes ?? [];
    return JSON.stringify(classes);
  }
}
