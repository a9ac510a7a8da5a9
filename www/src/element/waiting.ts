/** What is shown while the engine is on its way, and when it did not come. */
import type { KShotError } from "../errors.ts";
import { make, setText } from "../page/dom.ts";
import type { LoadProgress } from "../types.ts";
import type { View } from "./view.ts";

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
  readonly #downloads = { module: { loaded: 0, total: 0 }, weights: { loaded: 0, total: 0 } };
  #current: LoadProgress["step"] = "module";
  #error: KShotError | null = null;

  constructor(view: View, onRetry: () => void) {
    this.#view = view;
    this.#bar.max = 1;
    this.#retry.type = "button";
    this.#retry.addEventListener("click", onRetry);
    this.#line = make("p", "waiting-line", this.#step, this.#bytes);
    this.element = make("div", "waiting", this.#title, this.#bar, this.#line, this.#todo, this.#retry);
    this.element.part.add("waiting");
  }

  begin(): void {
    this.#error = null;
    this.#view.host.toggleAttribute("aria-busy", true);
    this.say();
  }

  progress({ step, loaded, total }: LoadProgress): void {
    if (step === "module" || step === "weights") this.#downloads[step] = { loaded, total };
    this.#current = step;
    this.say();
  }

  fail(error: KShotError): void {
    this.#error = error;
    this.say();
  }

  say(): void {
    const { words } = this.#view;
    const error = this.#error;
    const { module, weights } = this.#downloads;
    const loaded = module.loaded + weights.loaded;
    const total = module.total > 0 && weights.total > 0 ? module.total + weights.total : 0;
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
