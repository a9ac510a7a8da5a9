/** The controls of what is kept: whether it is saved, files in and out, starting over. They change nothing themselves. */
import { make, makeIcon, setLabel, setText } from "../dom.ts";
import { onLanguage } from "../language.ts";
import type { SavedLine } from "./saved-line.ts";
import { keepWords } from "./words.ts";

/** What the controls ask for. */
export interface KeepActions {
  open(file: File): void;
  save(): void;
  /** Without it there is no such button. */
  startOver?(): void;
}

/** What the buttons say of themselves, beside their words. */
interface Titles {
  open: string;
  save: string;
}

export class KeepControls {
  readonly element: HTMLElement;
  readonly #open: HTMLButtonElement;
  readonly #save: HTMLButtonElement;
  readonly #over: HTMLButtonElement;

  /** `accept` are the endings of the files that can be opened. */
  constructor(saved: SavedLine, accept: string, actions: KeepActions, titles: () => Titles) {
    const input = make("input");
    input.type = "file";
    // Phones offer no file of an ending that they do not know, but they do offer "data".
    input.accept = `${accept},application/octet-stream`;
    input.hidden = true;
    input.addEventListener("change", () => {
      const file = input.files?.[0];
      input.value = "";
      if (file !== undefined) actions.open(file);
    });
    const [open, openText] = makeTool("open", () => input.click());
    const [save, saveText] = makeTool("save", () => actions.save());
    const [over, overText] = makeTool("trash", () => actions.startOver?.());
    [this.#open, this.#save, this.#over] = [open, save, over];
    this.element = make("div", "keep", saved.element, open, input, save);
    if (actions.startOver !== undefined) this.element.append(over);
    onLanguage(() => {
      const says = keepWords();
      setText(openText, says.open);
      setText(saveText, says.save);
      setText(overText, says.startOver);
      [open.title, save.title] = [titles().open, titles().save];
      setLabel(over, says.startOver);
    });
  }

  /** Whether files can be read and written now, and whether there is anything to save. */
  update(ready: boolean, filled: boolean): void {
    this.#open.disabled = !ready;
    this.#save.disabled = !ready || !filled;
    this.#over.disabled = !ready || !filled;
  }
}

function makeTool(icon: string, act: () => void): [button: HTMLButtonElement, text: HTMLElement] {
  const text = make("span");
  const button = make("button", "tool", makeIcon(icon), text);
  button.type = "button";
  button.addEventListener("click", act);
  return [button, text];
}
