/** What is shown while the engine is on its way, and when it did not come. */
import type { KShotError } from "../errors.ts";
import { make, setText } from "../page/dom.ts";
import type { LoadProgress } from "../types.ts";
import type { View } from "./view.ts";

/** A file of which nothing is known yet. */
const NONE = { loaded: 0, total: 0 };

export class Waiting {
  readonly element: HTMLElement;
  readonly #view: View;
  readonly #title = make("p", "says");
  readonly #bar = make("progress");
  readonly #step = make("span");
  readonly #bytes = make("span", "number");
  readonly #line: HTMLElement;
  readonly #todo = make("p");
  readonly #retry = make("button", "primary");
  #downloads: Partial<Record<"module" | "weights", { loaded: number; total: number }>> = {};
  #current: LoadProgress["step"] = "module";
  #error: KShotError | null = null;

  constructor(view: View, onRetry: () => void) {
    this.#view = view;
    this.#bar.max = 1;
    this.#retry.type = "button";
    this.#retry.addEventListener("click", onRetry);
    this.#line = make("p", "loading-line", this.#step, this.#bytes);
    this.element = make("div", "waiting", this.#title, this.#bar, this.#line, this.#todo, this.#retry);
    this.element.part.add("waiting");
  }

  begin(): void {
    this.#error = null;
    this.#downloads = {};
    this.say();
  }

  progress({ step, loaded, total }: LoadProgress): void {
    if (step === "module" || step === "weights") {
      this.#downloads = { module: NONE, weights: NONE, ...this.#downloads, [step]: { loaded, total } };
    }
    this.#current = step;
    this.say();
  }

  /** Bytes of the files of a part of its own. */
  count(loaded: number, total: number): void {
    this.#downloads = { weights: { loaded, total } };
    this.#current = "weights";
    this.say();
  }

  fail(error: KShotError): void {
    this.#error = error;
    this.say();
  }

  say(): void {
    const { words } = this.#view;
    const error = this.#error;
    const files = Object.values(this.#downloads);
    const loaded = files.reduce((sum, file) => sum + file.loaded, 0);
    const known = files.length > 0 && files.every(({ total }) => total > 0);
    const total = known ? files.reduce((sum, file) => sum + file.total, 0) : 0;
    const downloading = this.#current === "module" || this.#current === "weights";
    for (const part of [this.#bar, this.#line]) part.hidden = error !== null;
    for (const part of [this.#todo, this.#retry]) part.hidden = error === null;
    if (error === null) this.element.removeAttribute("role");
    else this.element.setAttribute("role", "alert");
    const told = error === null ? null : this.#view.wordsOf(error);
    setText(this.#title, told?.says ?? words.loadingTitle);
    setText(this.#todo, told?.todo ?? "");
    setText(this.#retry, words.retry);
    this.#bar.setAttribute("aria-label", words.loadingTitle);
    if (downloading && total > 0) this.#bar.value = loaded / total;
    else this.#bar.removeAttribute("value");
    setText(this.#step, words.loadingStep[this.#current]);
    const mb = (bytes: number) => (bytes / 1e6).toFixed(1);
    setText(this.#bytes, downloading && total > 0 ? words.bytes(mb(loaded), mb(total)) : "");
  }
}
