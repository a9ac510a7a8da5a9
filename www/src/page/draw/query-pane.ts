/**
 * The left side of the drawing page: the pad, what the methods see of it, and the buttons that make it a shot.
 * It knows nothing of methods.
 */
import type { Ink } from "../../lab-types.ts";
import { accentAt, paint } from "../accents.ts";
import { find, make, makeTool, setLabel, setText } from "../dom.ts";
import { acceptDrops, filesOf } from "../drops.ts";
import { Refusals } from "../refusals.ts";
import { inkPicture } from "./ink.ts";
import { Pad } from "./pad.ts";
import { drawWords } from "./words.ts";

/** Where the drawing that is asked about comes from. */
export type Origin = "pad" | "sample" | "photo";

/** What the pane asks for. */
export interface PaneActions {
  addTo(classId: number): void;
  askPhoto(file: File): void;
}

export class QueryPane {
  readonly element = make("section", "query-pane");
  readonly pad = new Pad();
  readonly refusals: Refusals;
  readonly #seen = make("span", "seen-picture");
  readonly #seenSays = make("span", "fine");
  readonly #undo = makeTool("undo", () => this.pad.undo());
  readonly #clear = makeTool("trash", () => this.pad.clear());
  readonly #photo = makeTool("photo", () => this.#file.click());
  readonly #file = make("input");
  readonly #hint = make("p", "drop-hint");
  readonly #addSays = make("span", "add-says");
  readonly #buttons = make("div", "add-buttons");
  readonly #actions: PaneActions;

  constructor(actions: PaneActions) {
    this.#actions = actions;
    this.#file.type = "file";
    this.#file.accept = "image/*";
    this.#file.hidden = true;
    this.#file.id = "draw-photo-file";
    this.#file.addEventListener("change", () => {
      const file = this.#file.files?.[0];
      this.#file.value = "";
      if (file !== undefined) actions.askPhoto(file);
    });
    this.refusals = new Refusals();
    const seen = make("div", "seen", this.#seen, this.#seenSays);
    this.pad.element.append(this.#hint);
    this.element.append(
      this.pad.element,
      make("div", "pad-tools", this.#undo.button, this.#clear.button, this.#photo.button, this.#file),
      this.refusals.element,
      make("div", "add-row", seen, make("div", "add-as", this.#addSays, this.#buttons)),
    );
    acceptDrops(this.element, async (transfer) => {
      const [first] = await filesOf(transfer);
      if (first !== undefined) actions.askPhoto(first.file);
    });
  }

  /** Shows the buttons for `way` classes, and the ink that the methods see, if any. */
  update(way: number, ink: Ink | null, origin: Origin): void {
    const says = drawWords();
    this.pad.say();
    this.element.setAttribute("aria-label", says.pad);
    setText(this.#undo.text, says.undoStroke);
    setText(this.#clear.text, says.clear);
    setText(this.#photo.text, says.photo);
    setLabel(this.#photo.button, says.photoLabel);
    setText(this.#hint, says.dropPhoto);
    setText(this.#addSays, says.addAs);
    this.#undo.button.disabled = !this.pad.drawn;
    this.#clear.button.disabled = !this.pad.drawn && ink === null;
    const seen = { pad: says.seen, sample: says.sampleShown, photo: says.photoShown }[origin];
    setText(this.#seenSays, ink === null ? says.seen : seen);
    this.#seen.replaceChildren(...(ink === null ? [] : [inkPicture(ink)]));
    this.#showButtons(way, ink !== null);
  }

  #showButtons(way: number, possible: boolean): void {
    const { addToClass } = drawWords();
    while (this.#buttons.children.length > way) this.#buttons.lastElementChild?.remove();
    while (this.#buttons.children.length < way) {
      const classId = this.#buttons.children.length;
      const button = make("button", "add-button number", String(classId + 1));
      button.type = "button";
      if (classId < 9) button.setAttribute("aria-keyshortcuts", String(classId + 1));
      button.addEventListener("click", () => this.#actions.addTo(classId));
      paint(button, accentAt(classId));
      this.#buttons.append(button);
    }
    for (const [classId, button] of [...this.#buttons.children].entries()) {
      setLabel(button as HTMLElement, addToClass(classId + 1));
      // Not `disabled`: a press says what is missing, and the focus stays where it is.
      button.setAttribute("aria-disabled", String(!possible));
    }
  }
}

/** Whether keys mean the drawing page now. */
export function drawIsOpen(): boolean {
  return !find("panel-draw").hidden;
}
