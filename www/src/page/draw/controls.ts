/** N, K, the alphabet, fill, shuffle and undo. It changes nothing itself. */
import type { Alphabet } from "../../lab-types.ts";
import { make, makeIconButton, makeTool, setLabel, setText } from "../dom.ts";
import { SHOTS, type TaskState, WAYS } from "./task.ts";
import { alphabetName, drawWords } from "./words.ts";

/** What the controls ask for. */
export interface ControlActions {
  setWay(way: number): void;
  setShot(shot: number): void;
  fill(alphabet: number | null): void;
  shuffle(): void;
  undo(): void;
}

/** A number with a button on each side. */
class Stepper {
  readonly element = make("div", "stepper");
  readonly #label = make("span", "stepper-label");
  readonly #value = make("output", "stepper-value number");
  readonly #less = makeIconButton("minus", "icon-button");
  readonly #more = makeIconButton("plus", "icon-button");
  readonly #range: { least: number; most: number };
  #at = 0;

  constructor(range: { least: number; most: number }, change: (value: number) => void) {
    this.#range = range;
    this.element.setAttribute("role", "group");
    this.element.append(this.#label, this.#less, this.#value, this.#more);
    this.#less.addEventListener("click", () => change(this.#at - 1));
    this.#more.addEventListener("click", () => change(this.#at + 1));
  }

  update(value: number, label: string): void {
    const { fewer, more } = drawWords();
    this.#at = value;
    setText(this.#label, label);
    setText(this.#value, String(value));
    this.element.setAttribute("aria-label", label);
    setLabel(this.#less, fewer(label));
    setLabel(this.#more, more(label));
    this.#less.disabled = value <= this.#range.least;
    this.#more.disabled = value >= this.#range.most;
  }
}

export class Controls {
  readonly element = make("div", "draw-controls");
  readonly #heading = make("h2", "draw-heading");
  readonly #way: Stepper;
  readonly #shot: Stepper;
  readonly #alphabet = make("select");
  readonly #fill = make("button", "primary");
  readonly #shuffle: { button: HTMLButtonElement; text: HTMLElement };
  readonly #undo: { button: HTMLButtonElement; text: HTMLElement };
  #alphabets: readonly Alphabet[] = [];
  #ready = false;

  /** `keep` are the controls of what is kept. */
  constructor(actions: ControlActions, keep: HTMLElement) {
    this.#way = new Stepper(WAYS, actions.setWay);
    this.#shot = new Stepper(SHOTS, actions.setShot);
    this.#fill.type = "button";
    this.#fill.id = "draw-fill";
    this.#fill.addEventListener("click", () => actions.fill(this.alphabet));
    this.#shuffle = makeTool("shuffle", actions.shuffle);
    this.#undo = makeTool("undo", actions.undo);
    this.#undo.button.setAttribute("aria-keyshortcuts", "Control+Z Meta+Z");
    this.element.append(
      make("div", "draw-control-row head", this.#heading, this.#shuffle.button, this.#undo.button),
      make("div", "draw-control-row", this.#way.element, this.#shot.element),
      make("div", "draw-control-row fill", this.#alphabet, this.#fill),
      keep,
    );
  }

  /** The alphabet chosen, or null for all. */
  get alphabet(): number | null {
    return this.#alphabet.value === "" ? null : Number(this.#alphabet.value);
  }

  /** The alphabets that can be chosen; the lab is here. */
  setAlphabets(alphabets: readonly Alphabet[]): void {
    this.#alphabets = alphabets;
    this.#ready = true;
  }

  update({ way, shot, shots }: TaskState, undoable: boolean): void {
    const says = drawWords();
    setText(this.#heading, says.support);
    this.#way.update(way, says.ways);
    this.#shot.update(shot, says.shots);
    setLabel(this.#alphabet, says.alphabet);
    const chosen = this.#alphabet.value;
    const options = this.#alphabets.map(({ name, characters }, i) => {
      const option = new Option(says.alphabetOf(alphabetName(name), characters), String(i));
      // An alphabet with too few characters cannot fill so many classes.
      option.disabled = characters < way;
      return option;
    });
    this.#alphabet.replaceChildren(new Option(says.allAlphabets, ""), ...options);
    this.#alphabet.value = options.some(({ value, disabled }) => value === chosen && !disabled) ? chosen : "";
    setText(this.#fill, says.fill);
    this.#alphabet.disabled = this.#fill.disabled = !this.#ready;
    setText(this.#shuffle.text, says.shuffle);
    this.#shuffle.button.title = says.shuffleSays;
    this.#shuffle.button.disabled = shots.length < 2;
    setText(this.#undo.text, says.undo);
    this.#undo.button.disabled = !undoable;
  }
}
