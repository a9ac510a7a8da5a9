/** Files that were not taken, each with its reason and what to do; the list is told at once and can be dismissed. */
import type { KShotError } from "../errors.ts";
import { make, makeIconButton, setLabel } from "./dom.ts";
import { onLanguage, words, wordsOf } from "./language.ts";

// More would push everything else off the screen; the rest is counted.
const SHOWN = 4;

export class Refusals {
  readonly element: HTMLElement;
  #refused: { name: string; error: KShotError }[] = [];

  /** Shows them in `element`, which stays empty as long as there are none. */
  constructor(element = make("div")) {
    this.element = element;
    element.classList.add("refused");
    element.setAttribute("role", "alert");
    onLanguage(() => this.#show());
  }

  add(name: string, error: KShotError): void {
    this.#refused.push({ name, error });
    this.#show();
  }

  clear(): void {
    if (this.#refused.length === 0) return;
    this.#refused = [];
    this.#show();
  }

  #show(): void {
    const { filesRefused, dismiss, moreShots } = words();
    const rows = this.#refused.slice(0, SHOWN).map(({ name, error }) => {
      const { says, todo } = wordsOf(error);
      const row = make("li", "", make("strong", "", name), ` ${says} ${todo}`);
      row.dataset.code = error.code;
      return row;
    });
    if (this.#refused.length > SHOWN) rows.push(make("li", "", moreShots(this.#refused.length - SHOWN)));
    if (rows.length === 0) {
      this.element.replaceChildren();
      return;
    }
    const close = makeIconButton("close");
    setLabel(close, dismiss);
    close.addEventListener("click", () => this.clear());
    const head = make("p", "refused-head", filesRefused(this.#refused.length), close);
    this.element.replaceChildren(head, make("ul", "", ...rows));
  }
}
