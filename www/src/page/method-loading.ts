/** How far the weights of the trained methods have come, and what to do when they do not come; of the page and the element. */
import type { KShotError } from "../kshot.ts";
import type { Method } from "../types.ts";
import { make, paragraph, setText } from "./dom.ts";
import type { ErrorWords } from "./error-words.ts";
import type { Words } from "./words.ts";

/** Where its words come from: languages change. */
export interface Wording {
  words(): Words;
  wordsOf(error: KShotError): ErrorWords;
}

export class MethodLoading {
  readonly element = make("div", "method-loading");
  readonly #wording: Wording;
  readonly #bar = make("progress");
  readonly #says = make("span");
  readonly #bytes = make("span", "number");
  readonly #loading = make("p", "loading-line fine", this.#says, this.#bytes);
  readonly #problem = make("p");
  readonly #retry = make("button", "tool");
  #failed: { error: KShotError; kept: Method } | null = null;

  constructor(wording: Wording, onRetry: () => void) {
    this.#wording = wording;
    this.#bar.max = 1;
    this.#problem.setAttribute("role", "alert");
    this.#retry.type = "button";
    this.#retry.addEventListener("click", onRetry);
    this.element.append(this.#loading, this.#bar, this.#problem, this.#retry);
    this.#show(false);
    this.say();
  }

  /** Shows the progress of a download until it ends, well or badly. */
  async follow(load: (onProgress: (loaded: number, total: number) => void) => Promise<void>): Promise<void> {
    this.clear();
    this.#show(true);
    try {
      await load((loaded, total) => {
        const mega = (bytes: number) => (bytes / 1e6).toFixed(1);
        const { bytes, bytesOnly } = this.#wording.words();
        setText(this.#bytes, total > 0 ? bytes(mega(loaded), mega(total)) : bytesOnly(mega(loaded)));
        if (total > 0) this.#bar.value = loaded / total;
        else this.#bar.removeAttribute("value");
      });
    } finally {
      this.#show(false);
    }
  }

  /** Tells why a method could not be had, and which one goes on answering. */
  fail(error: KShotError, kept: Method): void {
    this.#failed = { error, kept };
    this.say();
  }

  clear(): void {
    this.#failed = null;
    this.say();
  }

  say(): void {
    const { methodsLoading, methodKept, methods, retry } = this.#wording.words();
    setText(this.#says, methodsLoading);
    setText(this.#retry, retry);
    this.#bar.setAttribute("aria-label", methodsLoading);
    this.#problem.hidden = this.#retry.hidden = this.#failed === null;
    if (this.#failed === null) {
      setText(this.#problem, "");
      return;
    }
    const { error, kept } = this.#failed;
    const { says, todo } = this.#wording.wordsOf(error);
    this.#problem.dataset.code = error.code;
    setText(this.#problem, paragraph(says, todo, methodKept(methods[kept].name)));
  }

  #show(loading: boolean): void {
    this.#loading.hidden = this.#bar.hidden = !loading;
  }
}
