/**
 * The method of an element: what the attribute asks for, or what a file brings. Where that has weights of its own
 * they are fetched, with their progress on show; where they do not come another method answers, the shots stay, and
 * it can be tried again.
 */
import { asKShotError, type KShotError } from "../errors.ts";
import type { KShot } from "../kshot.ts";
import { isTrained } from "../methods.ts";
import { MethodLoading } from "../page/method-loading.ts";
import type { ImportReport, KShotState, Method } from "../types.ts";
import type { View } from "./view.ts";

export class MethodChoice {
  readonly loading: MethodLoading;
  readonly #view: View;
  /** The method that the engine begins with. */
  #begins: Method = "prototypical";
  /** The method that could not be had. */
  #missing: Method | null = null;

  constructor(view: View) {
    this.#view = view;
    const wording = { words: () => view.words, wordsOf: (error: KShotError) => view.wordsOf(error) };
    this.loading = new MethodLoading(wording, () => void this.#again());
  }

  /** A new support set: what it begins with is what is used where nothing is asked for. */
  begin(kshot: KShot): void {
    this.#begins = kshot.settings.method;
    this.#missing = null;
    this.loading.clear();
  }

  /** Puts what the attribute asks for in force. Throws as `setSettings` does, but for weights that do not come. */
  async use(kshot: KShot): Promise<void> {
    let asked: Method;
    do {
      asked = this.#asked();
      await this.#set(kshot, asked, () => this.#asked() === asked);
      // It may have been asked for another while the weights were on their way.
    } while (asked !== this.#asked());
  }

  /** Takes a state in, with another method where the weights of its own do not come. */
  async restore(kshot: KShot, state: KShotState): Promise<ImportReport> {
    const { method } = state.settings;
    const had = await this.#have(kshot, method, () => true);
    const settings = had ? state.settings : { ...state.settings, method: this.#begins };
    return kshot.restoreState({ ...state, settings });
  }

  #asked(): Method {
    const methods = Object.keys(this.#view.words.methods) as Method[];
    return methods.find((one) => one === this.#view.host.method) ?? this.#begins;
  }

  async #set(kshot: KShot, method: Method, isWanted: () => boolean): Promise<void> {
    if ((await this.#have(kshot, method, isWanted)) && isWanted()) await kshot.setSettings({ method });
  }

  /** Whether a method can be used; says what is wrong where it cannot and is still wanted. */
  async #have(kshot: KShot, method: Method, isWanted: () => boolean): Promise<boolean> {
    this.#missing = null;
    this.loading.clear();
    if (!isTrained(method)) return true;
    try {
      await this.loading.follow((onProgress) =>
        kshot.loadMethods({
          onProgress: (loaded, total) => {
            onProgress(loaded, total);
            this.#view.count(loaded, total);
          },
        }),
      );
      return true;
    } catch (error) {
      const known = asKShotError(error, "weights_unavailable");
      // The engine itself was lost or given up: that is told where it is known.
      if (known.code !== "weights_unavailable" && known.code !== "weights_damaged") throw known;
      if (isWanted()) {
        this.#missing = method;
        this.loading.fail(known, kshot.settings.method);
        this.#view.tellError(known);
      }
      return false;
    }
  }

  async #again(): Promise<void> {
    const { kshot } = this.#view;
    const method = this.#missing;
    if (kshot === null || method === null) return;
    // Unless the attribute has asked for something else meanwhile.
    const before = this.#view.host.method;
    await this.#set(kshot, method, () => this.#view.host.method === before).catch((error) =>
      this.#view.tellError(asKShotError(error, "engine_crashed")),
    );
  }
}
