/** A row for each person: the name, how many shots there are, and a button that takes more while it is held. */
import { asKShotError, KShotError } from "../errors.ts";
import type { Advice, Person } from "../face-types.ts";
import type { Faces } from "../faces.ts";
import { accentOf, paint } from "../page/accents.ts";
import { isPassing } from "../page/app.ts";
import { make, setLabel, setText } from "../page/dom.ts";
import { faceWords } from "./face-words.ts";
import { drawIcon } from "./icons.ts";
import type { View } from "./view.ts";

/** Shots a person, where the attribute asks for none: a few looks are enough for a good mean. */
const ENOUGH = 10;

/** People and the engine's classes have ids of their own; colours go by one. */
export function accentId(personId: number): number {
  return -2_000_000 + personId;
}

export class FaceRows {
  readonly element: HTMLElement;
  readonly tools: HTMLElement;
  readonly #view: View;
  readonly #faces: Faces;
  readonly #openCamera: () => void;
  readonly #list = make("ol", "rows");
  readonly #add = make("button", "tool");
  readonly #undo = make("button", "tool");
  readonly #addLabel = make("span");
  readonly #undoLabel = make("span");
  readonly #advice = make("p", "advice");
  readonly #rows = new Map<number, HTMLLIElement>();
  #held: number | null = null;
  #running = false;
  #told: Advice | null = null;

  constructor(view: View, faces: Faces, openCamera: () => void) {
    this.#view = view;
    this.#faces = faces;
    this.#openCamera = openCamera;
    this.#list.part.add("classes");
    this.#advice.setAttribute("role", "status");
    this.#add.append(drawIcon("plus"), this.#addLabel);
    this.#undo.append(drawIcon("undo"), this.#undoLabel);
    for (const button of [this.#add, this.#undo]) button.type = "button";
    this.#add.addEventListener("click", () => {
      const name = faceWords[view.language].newName(faces.people.people.length + 1);
      this.#change(() => faces.addPerson(name));
    });
    this.#undo.addEventListener("click", () => this.#change(() => faces.undo()));
    this.tools = make("div", "tools", this.#add, this.#undo);
    this.element = make("div", "classes", this.#list, this.#advice, this.tools);
  }

  /** Whether a face is being shown. */
  get holding(): boolean {
    return this.#running;
  }

  release(): void {
    this.#held = null;
  }

  /** Adds whoever the attributes name and is not there. */
  async addMissing(): Promise<void> {
    const { classes } = this.#view.host;
    const there = new Set(this.#faces.people.people.map(({ name }) => name));
    const names =
      classes.length > 0 || there.size > 0 ? classes : [faceWords[this.#view.language].newName(1)];
    for (const name of names) if (!there.has(name)) await this.#faces.addPerson(name);
  }

  say(): void {
    const { words, language } = this.#view;
    const { people, undo } = this.#faces.people;
    for (const [id, row] of this.#rows) {
      if (people.some((one) => one.id === id)) continue;
      row.remove();
      this.#rows.delete(id);
    }
    for (const [place, person] of people.entries()) {
      let row = this.#rows.get(person.id);
      if (row === undefined) {
        row = this.#makeRow(person.id);
        this.#rows.set(person.id, row);
        const ids = people.map(({ id }) => accentId(id));
        paint(row, accentOf(accentId(person.id), ids));
      }
      if (this.#list.children[place] !== row)
        this.#list.insertBefore(row, this.#list.children[place] ?? null);
      this.#sayRow(row, person, place);
    }
    setText(this.#addLabel, faceWords[language].add);
    setText(this.#undoLabel, words.undo);
    this.#undo.disabled = undo === null;
    this.#sayAdvice();
  }

  dispose(): void {
    this.release();
  }

  #makeRow(id: number): HTMLLIElement {
    const name = make("input", "name");
    name.spellcheck = false;
    name.addEventListener("change", () => {
      const text = name.value.trim();
      const before = this.#faces.people.people.find((one) => one.id === id)?.name ?? "";
      if (text === "" || text === before) name.value = before;
      else this.#change(() => this.#faces.renamePerson(id, text));
    });
    const record = make("button", "record", make("span", "fill"), drawIcon("record"), make("span", "label"));
    record.part.add("record");
    const remove = make("button", "remove", drawIcon("close"));
    remove.addEventListener("click", () => this.#change(() => this.#faces.removePerson(id)));
    record.type = remove.type = "button";
    this.#bind(record, id);
    const row = make(
      "li",
      "row",
      make("span", "key number"),
      name,
      make("span", "count number"),
      record,
      remove,
    );
    row.part.add("class");
    return row;
  }

  /** By pointer or by keyboard, as the recorder of the page does. */
  #bind(button: HTMLButtonElement, id: number): void {
    button.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      button.setPointerCapture(event.pointerId);
      this.#press(id);
    });
    for (const end of ["pointerup", "pointercancel", "lostpointercapture", "blur"])
      button.addEventListener(end, () => this.release());
    button.addEventListener("contextmenu", (event) => event.preventDefault());
    button.addEventListener("keydown", (event) => {
      if (event.key !== " " && event.key !== "Enter") return;
      event.preventDefault();
      if (!event.repeat) this.#press(id);
    });
    button.addEventListener("keyup", () => this.release());
  }

  #press(id: number): void {
    this.#held = id;
    if (!this.#running) void this.#take(id);
  }

  /** Takes frame after frame while the button is held; what is not good enough is told and not taken. */
  async #take(id: number): Promise<void> {
    const { app } = this.#view;
    if (app.picture === null) {
      this.release();
      this.#openCamera();
      return;
    }
    this.#running = true;
    const row = this.#rows.get(id);
    row?.classList.add("recording");
    try {
      do {
        const picture = app.picture;
        if (picture === null) break;
        try {
          const { taken, advice } = await this.#faces.addPhoto(id, picture.source);
          this.#told = taken ? null : advice;
          const person = this.#faces.people.people.find((one) => one.id === id);
          if (person === undefined) break;
          if (taken) {
            const count = person.shots.length;
            this.#view.tell("shot", {
              classId: accentId(id),
              name: person.name,
              shotId: person.shots.at(-1) ?? null,
              count,
            });
          }
          this.say();
          if (this.#isFull(person) || !picture.moving) break;
        } catch (error) {
          if (!isPassing(error)) throw error;
        }
      } while (this.#held === id);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.release();
      this.#running = false;
      row?.classList.remove("recording");
    }
  }

  #sayRow(row: HTMLLIElement, { id, name: text, shots }: Person, place: number): void {
    const { words, host, language } = this.#view;
    const [key, name, count, record, remove] = row.children as unknown as [
      HTMLElement,
      HTMLInputElement,
      HTMLElement,
      HTMLButtonElement,
      HTMLButtonElement,
    ];
    const goal = host.shots ?? ENOUGH;
    setText(key, String(place + 1));
    if (name !== (row.getRootNode() as ShadowRoot).activeElement) name.value = text;
    setLabel(name, words.className(place + 1));
    setText(count, host.shots === null ? String(shots.length) : `${shots.length} / ${goal}`);
    count.setAttribute("role", "img");
    count.setAttribute("aria-label", words.shotCount(shots.length));
    const [fill, , label] = record.children;
    (fill as HTMLElement).style.transform = `scaleX(${Math.min(1, shots.length / goal)})`;
    setText(label as Element, words.record);
    setLabel(record, `${faceWords[language].record}: ${text}`);
    record.disabled = this.#isFull({ id, name: text, shots });
    setLabel(remove, words.removeClass(text));
  }

  #isFull({ shots }: Person): boolean {
    const goal = this.#view.host.shots;
    return goal !== null && shots.length >= goal;
  }

  #sayAdvice(): void {
    const { advice } = faceWords[this.#view.language];
    setText(this.#advice, (this.#told === null ? undefined : advice[this.#told]) ?? "");
  }

  #change(change: () => Promise<unknown>): void {
    change().catch((error: unknown) => this.#fail(error));
  }

  #fail(error: unknown): void {
    const known = error instanceof KShotError ? error : asKShotError(error, "engine_crashed");
    const { says, todo } = this.#view.wordsOf(known);
    setText(this.#advice, `${says} ${todo}`);
    this.#view.tellError(known);
  }
}
