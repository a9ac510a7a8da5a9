/** The dialog of a file that is opened: how far it is, "replace" or "add", and what is wrong with it. */
import type { KShotError } from "../../errors.ts";
import type { ImportMode } from "../../types.ts";
import { find, make, setText } from "../dom.ts";
import { onLanguage, words, wordsOf } from "../language.ts";
import { type ClassWords, keepWords } from "./words.ts";

/** Each task has a dialog, and each of them names of its own. */
let dialogs = 0;

type Choice = ImportMode | "cancel" | "retry";

export class ImportDialog {
  readonly #dialog = make("dialog", "dialog");
  readonly #title = make("h2", "dialog-title");
  readonly #text = make("div", "dialog-text");
  readonly #bar = make("progress");
  readonly #buttons = make("div", "dialog-buttons");
  #name = "";
  #choose: ((choice: Choice) => void) | null = null;
  /** Makes the texts anew, in the language in use. */
  #say: () => void = () => {};

  constructor() {
    dialogs++;
    this.#title.id = `import-title-${dialogs}`;
    this.#text.id = `import-text-${dialogs}`;
    this.#bar.max = 1;
    this.#bar.setAttribute("aria-labelledby", this.#text.id);
    this.#dialog.setAttribute("aria-labelledby", this.#title.id);
    this.#dialog.setAttribute("aria-describedby", this.#text.id);
    this.#dialog.append(this.#title, this.#text, this.#bar, this.#buttons);
    this.#dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.#answer("cancel");
    });
    // A browser closes it at the second Escape, whatever was said to the first. It tells of it later, when the dialog
    // may be open again for something else.
    this.#dialog.addEventListener("close", () => {
      if (!this.#dialog.open) this.#answer("cancel");
    });
    find("page").append(this.#dialog);
    onLanguage(() => this.#say());
  }

  /** Begins with a file of this name. Nothing is shown before there is something to say. */
  begin(name: string): void {
    this.#name = name;
  }

  /** Says how far something is; `share` from 0 to 1, or null where that is not known. */
  work(text: () => string, share: number | null, onCancel?: () => void): void {
    this.#show(() => {
      const fresh = this.#text.firstElementChild?.className !== "dialog-working";
      if (fresh) this.#text.replaceChildren(make("p", "dialog-working"));
      setText(this.#text.firstElementChild as Element, text());
      if (share === null) this.#bar.removeAttribute("value");
      else this.#bar.value = share;
      this.#bar.hidden = false;
      if (fresh) this.#offer(onCancel === undefined ? [] : [["cancel", keepWords().cancel]]);
    });
    this.#choose = onCancel === undefined ? null : () => onCancel();
  }

  /** Asks what to do with the file; `words` are those of its task, `told` is what is known of it. */
  ask(words: () => ClassWords, told: () => string[]): Promise<ImportMode | "cancel"> {
    this.#show(() => {
      const says = { ...keepWords(), ...words() };
      const ways = make("dl", "dialog-ways");
      for (const [word, what] of [
        [says.replace, says.replaceSays],
        [says.add, says.addSays],
      ] as const)
        ways.append(make("dt", "", word), make("dd", "", what));
      this.#text.replaceChildren(
        ...told().map((line) => make("p", "", line)),
        ways,
        make("p", "fine", says.eitherWay),
      );
      this.#bar.hidden = true;
      this.#offer([
        ["cancel", says.cancel],
        ["replace", says.replace],
        ["add", says.add],
      ]);
    });
    return this.#wait() as Promise<ImportMode | "cancel">;
  }

  /** Says what is wrong; true to try again. */
  async fail(error: KShotError, again: boolean): Promise<boolean> {
    this.#show(() => {
      const { says, todo } = wordsOf(error);
      const text = make("p", "", make("strong", "", says), ` ${todo}`);
      text.setAttribute("role", "alert");
      text.dataset.code = error.code;
      this.#text.replaceChildren(text);
      this.#bar.hidden = true;
      const close: [Choice, string] = ["cancel", keepWords().close];
      this.#offer(again ? [close, ["retry", words().retry]] : [close]);
    });
    const choice = await this.#wait();
    if (choice !== "retry") this.close();
    return choice === "retry";
  }

  close(): void {
    this.#say = () => {};
    this.#choose = null;
    this.#dialog.close();
  }

  #show(say: () => void): void {
    this.#say = () => {
      setText(this.#title, keepWords().dialogTitle(this.#name));
      say();
    };
    // Open first: a dialog takes the focus when it opens, and then the choice does.
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#say();
  }

  /** The last choice is the one that Enter takes: the one that loses nothing. */
  #offer(choices: [choice: Choice, word: string][]): void {
    const buttons = choices.map(([choice, word], i) => {
      const button = make("button", i === choices.length - 1 && i > 0 ? "primary" : "tool", word);
      button.type = "button";
      button.addEventListener("click", () => this.#answer(choice));
      return button;
    });
    this.#buttons.replaceChildren(...buttons);
    buttons.at(-1)?.focus();
  }

  #wait(): Promise<Choice> {
    return new Promise((resolve) => {
      this.#choose = resolve;
    });
  }

  #answer(choice: Choice): void {
    const choose = this.#choose;
    this.#choose = null;
    choose?.(choice);
  }
}
