/** Whether work is saved: one word beside its controls, and where it is not, why and what can be done. */
import { make, paragraph, setText } from "../dom.ts";
import { onLanguage, words, wordsOf } from "../language.ts";
import type { Keeper } from "./keeper.ts";
import { keepWords } from "./words.ts";

export class SavedLine {
  /** The word. */
  readonly element = make("span", "saved");
  /** The reason, empty as long as all is well. */
  readonly notice = make("div", "saved-notice");
  readonly #keeper: Keeper;

  constructor(keeper: Keeper) {
    this.#keeper = keeper;
    this.notice.setAttribute("role", "alert");
    keeper.events.on("state", () => this.#show());
    onLanguage(() => this.#show());
  }

  #show(): void {
    const { state } = this.#keeper;
    const says = keepWords();
    this.element.dataset.saved = state.kind;
    this.element.title = this.#keeper.on ? says.savedTitle : says.offTitle;
    setText(this.element, says.state[state.kind]);
    switch (state.kind) {
      case "failed": {
        const { says: what, todo } = wordsOf(state.error);
        this.#tell(paragraph(what, todo), [[says.retry, () => this.#keeper.retry()]]);
        break;
      }
      case "newer":
        this.#tell(says.newer, [
          [says.load, () => this.#keeper.loadNewer()],
          [says.saveInstead, () => this.#keeper.saveInstead()],
        ]);
        break;
      case "unread":
        this.#tell(paragraph(wordsOf(state.error).says, says.unread), [
          [words().retry, () => this.#keeper.loadNewer()],
          [says.saveInstead, () => this.#keeper.saveInstead()],
        ]);
        break;
      case "gone":
        this.#tell(says.gone, []);
        break;
      case "saving":
        break; // What was said stands until it is known to be over.
      default:
        if (this.notice.hasChildNodes()) this.notice.replaceChildren();
    }
  }

  #tell(text: string, choices: [word: string, act: () => Promise<void>][]): void {
    if (this.notice.dataset.text === text && this.notice.hasChildNodes()) return;
    this.notice.dataset.text = text;
    const buttons = choices.map(([word, act]) => {
      const button = make("button", "tool", word);
      button.type = "button";
      button.addEventListener("click", () => void act());
      return button;
    });
    this.notice.replaceChildren(make("p", "", text), make("span", "saved-choices", ...buttons));
  }
}
