/**
 * The support set as a table: a row for each class with its shots, and under it the order in which they are
 * read. A click removes a shot, Delete does so by keyboard; photos can be dropped on a row. It changes nothing
 * itself.
 */
import { accentAt, paint } from "../accents.ts";
import { make, makeIcon, setLabel } from "../dom.ts";
import { acceptDrops, type FoundFile, filesOf } from "../drops.ts";
import { inkPicture } from "./ink.ts";
import type { Shot, TaskState } from "./task.ts";
import { alphabetName, drawWords } from "./words.ts";

/** What the table asks for. */
export interface SupportActions {
  remove(shot: Shot): void;
  addFiles(classId: number, files: FoundFile[]): void;
}

/** Shots that a row of many is wide enough for; more of them take another line. */
const WIDEST = 5;

export class SupportView {
  readonly element = make("div", "support-table");
  readonly #rows = make("ol", "matrix");
  readonly #order = make("p", "order");
  readonly #actions: SupportActions;
  #state: TaskState | null = null;
  /** The shot that the tab key stops at: one for the whole table. */
  #stop: number | null = null;

  constructor(actions: SupportActions) {
    this.#actions = actions;
    this.element.append(this.#rows, this.#order);
    this.#rows.addEventListener("keydown", (event) => this.#onKey(event));
    this.#rows.addEventListener("focusin", (event) => {
      const shot = this.#shotAt(event.target);
      if (shot !== undefined) this.#mark(shot.id);
    });
    this.#rows.addEventListener("click", (event) => {
      const shot = this.#shotAt(event.target);
      if (shot !== undefined) this.#remove(shot);
    });
  }

  update(state: TaskState): void {
    const focused = this.#shotAt(document.activeElement)?.id ?? null;
    this.#state = state;
    const { way, shot, shots } = state;
    this.#rows.classList.toggle("many", way > 6);
    const longest = Math.max(shot, ...shots.map(({ classId }) => this.#shotsOf(classId).length));
    this.#rows.style.setProperty("--shots", String(Math.min(longest, WIDEST)));
    this.#rows.replaceChildren(...Array.from({ length: way }, (_, classId) => this.#makeRow(classId)));
    const { order } = drawWords();
    const keys = shots.map(({ classId }) => {
      const key = make("span", "key number", String(classId + 1));
      paint(key, accentAt(classId));
      return key;
    });
    this.#order.replaceChildren(make("span", "order-says", order), make("span", "order-keys", ...keys));
    this.#order.hidden = shots.length < 2;
    this.#mark(shots.some(({ id }) => id === this.#stop) ? this.#stop : (shots[0]?.id ?? null));
    if (focused !== null) this.#focus(focused);
  }

  #makeRow(classId: number): HTMLLIElement {
    const says = drawWords();
    const { shot, names } = this.#state ?? { shot: 0, names: [] };
    const shots = this.#shotsOf(classId);
    const key = make("span", "key number", String(classId + 1));
    const cells = shots.map((one, i) => {
      const button = make("button", "shot", inkPicture(one.ink), makeIcon("close"));
      button.type = "button";
      button.dataset.shot = String(one.id);
      setLabel(button, says.shotLabel(i + 1, shots.length, classId + 1));
      // The mouse leaves the focus where it is, so that keys still add the drawing.
      button.addEventListener("mousedown", (event) => event.preventDefault());
      return make("li", "", button);
    });
    const gaps = Array.from({ length: Math.max(0, shot - shots.length) }, () => {
      const gap = make("li", "gap");
      gap.setAttribute("aria-label", says.noShot);
      return gap;
    });
    const list = make("ul", "matrix-shots", ...cells, ...gaps);
    const name = names[classId];
    const title =
      name == null ? says.classN(classId + 1) : says.character(alphabetName(name.alphabet), name.character);
    const told = make("span", "matrix-name fine", name == null ? "" : title);
    const row = make("li", "matrix-row", key, list, told);
    row.dataset.class = String(classId);
    row.setAttribute("aria-label", says.classN(classId + 1));
    row.title = title;
    paint(row, accentAt(classId));
    acceptDrops(row, async (transfer) => this.#actions.addFiles(classId, await filesOf(transfer)));
    return row;
  }

  #shotsOf(classId: number): Shot[] {
    return this.#state?.shots.filter((shot) => shot.classId === classId) ?? [];
  }

  #shotAt(target: EventTarget | null): Shot | undefined {
    const button = target instanceof Element ? target.closest<HTMLElement>("[data-shot]") : null;
    const id = Number(button?.dataset.shot);
    return this.#state?.shots.find((shot) => shot.id === id);
  }

  #onKey(event: KeyboardEvent): void {
    const shot = this.#shotAt(event.target);
    if (shot === undefined) return;
    const row = this.#shotsOf(shot.classId);
    const at = row.indexOf(shot);
    if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      this.#remove(shot);
      return;
    }
    const next = (step: number): Shot | undefined => {
      const way = this.#state?.way ?? 0;
      for (let classId = shot.classId + step; classId >= 0 && classId < way; classId += step) {
        const other = this.#shotsOf(classId);
        if (other.length > 0) return other[Math.min(at, other.length - 1)];
      }
      return undefined;
    };
    const to = {
      ArrowRight: row[at + 1],
      ArrowLeft: row[at - 1],
      ArrowDown: next(1),
      ArrowUp: next(-1),
      Home: row[0],
      End: row[row.length - 1],
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.#focus(to.id);
  }

  /** The focus goes to a neighbour, so that several can be removed in a row. */
  #remove(shot: Shot): void {
    const row = this.#shotsOf(shot.classId);
    const at = row.indexOf(shot);
    const next = row[at + 1] ?? row[at - 1] ?? null;
    if (this.#rows.contains(document.activeElement) && next !== null) this.#focus(next.id);
    this.#actions.remove(shot);
  }

  #focus(id: number): void {
    this.#rows.querySelector<HTMLElement>(`[data-shot="${id}"]`)?.focus();
  }

  #mark(id: number | null): void {
    this.#stop = id;
    for (const button of this.#rows.querySelectorAll<HTMLElement>("[data-shot]"))
      button.tabIndex = button.dataset.shot === String(id) ? 0 : -1;
  }
}
