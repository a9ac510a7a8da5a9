/** A row for each class of drawings: its name, its shots, and a button that takes what is on the pad. */
import { accentOf, paint } from "../page/accents.ts";
import { make, setLabel, setText } from "../page/dom.ts";
import { inkPicture } from "../page/draw/ink.ts";
import { drawLanguages } from "../page/draw/words.ts";
import type { DrawingSet, DrawnClass } from "./drawing-set.ts";
import { drawIcon } from "./icons.ts";
import type { View } from "./view.ts";

/** Most classes that the lab takes. */
const MAX_CLASSES = 20;
/** Drawings that are shown in a row; the newest. */
const SHOWN = 6;

export class DrawRows {
  readonly element: HTMLElement;
  readonly #view: View;
  readonly #set: DrawingSet;
  readonly #onAdd: (classId: number) => void;
  readonly #list = make("ol", "rows");
  readonly #add = make("button", "tool");
  readonly #undo = make("button", "tool");
  readonly #addLabel = make("span");
  readonly #undoLabel = make("span");
  readonly #rows = new Map<number, HTMLLIElement>();
  readonly #stop: () => void;
  #drawn = false;

  constructor(view: View, set: DrawingSet, onAdd: (classId: number) => void) {
    this.#view = view;
    this.#set = set;
    this.#onAdd = onAdd;
    this.#list.part.add("classes");
    this.#add.append(drawIcon("plus"), this.#addLabel);
    this.#undo.append(drawIcon("undo"), this.#undoLabel);
    for (const button of [this.#add, this.#undo]) button.type = "button";
    this.#add.addEventListener("click", () => set.addClass(view.words.newClassName(set.classes.length + 1)));
    this.#undo.addEventListener("click", () => set.undo());
    this.element = make("div", "classes", this.#list, make("div", "tools", this.#add, this.#undo));
    this.#stop = set.events.on("change", () => this.say(this.#drawn));
  }

  /** Says and shows everything again; `drawn` is whether there is a drawing to take. */
  say(drawn: boolean): void {
    this.#drawn = drawn;
    const { words } = this.#view;
    const { classes } = this.#set;
    for (const [id, row] of this.#rows) {
      if (classes.some((one) => one.id === id)) continue;
      row.remove();
      this.#rows.delete(id);
    }
    for (const [place, one] of classes.entries()) {
      let row = this.#rows.get(one.id);
      if (row === undefined) {
        row = this.#makeRow(one.id);
        this.#rows.set(one.id, row);
        const ids = classes.map(({ id }) => id);
        paint(row, accentOf(one.id, ids));
      }
      if (this.#list.children[place] !== row)
        this.#list.insertBefore(row, this.#list.children[place] ?? null);
      this.#sayRow(row, one, place);
    }
    setText(this.#addLabel, words.addClass);
    setText(this.#undoLabel, words.undo);
    this.#undo.disabled = !this.#set.canUndo;
    this.#add.disabled = classes.length >= MAX_CLASSES;
  }

  dispose(): void {
    this.#stop();
  }

  #makeRow(id: number): HTMLLIElement {
    const name = make("input", "name");
    name.spellcheck = false;
    name.addEventListener("change", () => {
      const text = name.value.trim();
      const before = this.#set.classes.find((one) => one.id === id)?.name ?? "";
      if (text === "" || text === before) name.value = before;
      else this.#set.renameClass(id, text);
    });
    const add = make("button", "record", make("span", "fill"), drawIcon("plus"));
    add.part.add("record");
    add.addEventListener("click", () => this.#onAdd(id));
    const remove = make("button", "remove", drawIcon("close"));
    remove.addEventListener("click", () => this.#set.removeClass(id));
    add.type = remove.type = "button";
    const row = make("li", "row", make("span", "key number"), name, make("span", "inks"), add, remove);
    row.part.add("class");
    row.dataset.classId = String(id);
    return row;
  }

  #sayRow(row: HTMLLIElement, one: DrawnClass, place: number): void {
    const { words, host, language } = this.#view;
    const [key, name, inks, add, remove] = row.children as unknown as [
      HTMLElement,
      HTMLInputElement,
      HTMLElement,
      HTMLButtonElement,
      HTMLButtonElement,
    ];
    setText(key, String(place + 1));
    if (name !== (row.getRootNode() as ShadowRoot).activeElement) name.value = one.name;
    setLabel(name, words.className(place + 1));
    if (inks.dataset.count !== String(one.shots.length)) {
      inks.dataset.count = String(one.shots.length);
      inks.replaceChildren(...one.shots.slice(-SHOWN).map((ink) => inkPicture(ink)));
    }
    inks.setAttribute("role", "img");
    inks.setAttribute("aria-label", words.shotCount(one.shots.length));
    setLabel(add, drawLanguages[language].addToClass(place + 1));
    add.disabled = !this.#drawn || (host.shots !== null && one.shots.length >= host.shots);
    setLabel(remove, words.removeClass(one.name));
  }
}
