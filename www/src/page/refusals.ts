/** Files that were not taken, each with its reason and what to do; the list is told at once and can be dismissed. */
import { KShotError } from "../errors.ts";
import { make, makeIconButton, paragraph, setLabel } from "./dom.ts";
import type { ErrorWords } from "./error-words.ts";
import { onLanguage, words, wordsOf } from "./language.ts";

/** Why a file was not taken: an error, or a code with words of its own. */
export type Reason = KShotError | { code: string; words(): ErrorWords };

// More would push everything else off the screen; the rest is counted.
const SHOWN = 4;

export class Refusals {
  readonly element: HTMLElement;
  #refused: { name: string; reason: Reason }[] = [];

  /** Shows them in `element`, which stays empty as long as there are none. */
  constructor(element = make("div")) {
    this.element = element;
    element.classList.add("refused");
    element.setAttribute("role", "alert");
    onLanguage(() => this.#show());
  }

  add(name: string, reason: Reason): void {
    this.#refused.push({ name, reason });
    this.#show();
  }

  clear(): void {
    if (this.#refused.length === 0) return;
    this.#refused = [];
    this.#show();
  }

  #show(): void {
    const { filesRefused, dismiss, moreShots } = words();
    const rows = this.#refused.slice(0, SHOWN).map(({ name, reason }) => {
      const { says, todo } = reason instanceof KShotError ? wordsOf(reason) : reason.words();
      const row = make("li", "", make("strong", "", name), ` ${paragraph(says, todo)}`);
      row.dataset.code = reason.code;
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
