/**
 * Loads what one page needs of the engine, once that page is open and the engine is there: progress in bytes, and
 * what to do when it fails.
 */
import { asKShotError, type KShotError } from "../errors.ts";
import type { KShot } from "../kshot.ts";
import type { App } from "./app.ts";
import { make, setText } from "./dom.ts";
import { onLanguage, words, wordsOf } from "./language.ts";

/** What is loaded, and what is said of it. */
export interface Part<T> {
  /** Begins the ids of what is made here. */
  id: string;
  open(engine: KShot, onProgress: (loaded: number, total: number) => void): Promise<T>;
  says(): { loading: string; loadingSays: string; failedKept: string };
}

export class PartLoader<T> {
  readonly element = make("div", "part-loader");
  readonly #app: App;
  readonly #part: Part<T>;
  readonly #onLoaded: (loaded: T) => void;
  readonly #title = make("p", "says");
  readonly #bar = make("progress");
  readonly #line = make("p", "loading-line fine");
  readonly #bytes = make("span", "number");
  readonly #says = make("span");
  readonly #problem = make("div", "part-problem");
  readonly #problemSays = make("p", "says");
  readonly #problemTodo = make("p");
  readonly #kept = make("p", "fine");
  readonly #retry = make("button", "primary");
  #state: "idle" | "loading" | "ready" | "failed" = "idle";
  #error: KShotError | null = null;
  /** The engine that it belongs to. */
  #engine: KShot | null = null;
  #loaded = 0;
  #total = 0;

  constructor(app: App, part: Part<T>, onLoaded: (loaded: T) => void) {
    this.#app = app;
    this.#part = part;
    this.#onLoaded = onLoaded;
    this.#title.id = `${part.id}-loading-title`;
    this.#bar.max = 1;
    this.#bar.setAttribute("aria-labelledby", this.#title.id);
    this.#line.append(this.#says, this.#bytes);
    this.#problem.setAttribute("role", "alert");
    this.#retry.type = "button";
    this.#retry.addEventListener("click", () => this.#again());
    this.#problem.append(this.#problemSays, this.#problemTodo, this.#kept, this.#retry);
    this.element.append(make("div", "part-loading", this.#title, this.#bar, this.#line), this.#problem);
    // A new engine, after one that failed for good, knows nothing of it.
    app.events.on("engine", () => {
      if (this.#state !== "idle") void this.#load();
    });
    onLanguage(() => this.#show());
  }

  /** Loads it, unless that was done or begun. */
  start(): void {
    if (this.#state !== "idle") return;
    this.#state = "loading";
    this.#show();
    void this.#load();
  }

  /** Tells of an error that came later. */
  report(error: KShotError): void {
    this.#error = error;
    this.#show();
  }

  #again(): void {
    this.#error = null;
    if (this.#state === "failed") void this.#load();
    else this.#show();
  }

  async #load(): Promise<void> {
    const { engine } = this.#app;
    this.#state = "loading";
    this.#error = null;
    this.#show();
    // The engine's own loading is shown by the page; `engine` comes when it is there.
    if (engine === null) return;
    this.#engine = engine;
    try {
      const part = await this.#part.open(engine, (loaded, total) => {
        this.#loaded = loaded;
        this.#total = total;
        this.#show();
      });
      if (this.#engine !== engine) return;
      this.#state = "ready";
      this.#onLoaded(part);
    } catch (error) {
      if (this.#engine !== engine) return;
      this.#state = "failed";
      this.#error = asKShotError(error, "code_unavailable");
    }
    this.#show();
  }

  #show(): void {
    const says = this.#part.says();
    const { bytes: sayBytes, bytesOnly, retry } = words();
    const loading = this.#state === "loading";
    this.element.hidden = !loading && this.#error === null;
    this.element.dataset.state = this.#state;
    this.#title.parentElement?.toggleAttribute("hidden", !loading);
    setText(this.#title, says.loading);
    setText(this.#says, says.loadingSays);
    const mega = (bytes: number) => (bytes / 1e6).toFixed(1);
    const bytes =
      this.#total > 0 ? sayBytes(mega(this.#loaded), mega(this.#total)) : bytesOnly(mega(this.#loaded));
    setText(this.#bytes, this.#loaded > 0 ? bytes : "");
    if (this.#total > 0) this.#bar.value = this.#loaded / this.#total;
    else this.#bar.removeAttribute("value");
    this.#problem.hidden = this.#error === null;
    if (this.#error === null) return;
    const problem = wordsOf(this.#error);
    setText(this.#problemSays, problem.says);
    setText(this.#problemTodo, problem.todo);
    setText(this.#kept, says.failedKept);
    setText(this.#retry, retry);
    this.#problem.dataset.code = this.#error.code;
  }
}
