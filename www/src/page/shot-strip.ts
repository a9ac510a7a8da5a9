/**
 * The thumbnails of one class, newest first. A click removes a shot; with the keyboard the arrows move
 * and Delete removes. The shots are one stop of the tab key, however many there are; older ones come when
 * they are asked for, those that look like another class by themselves.
 */
import { make, makeIcon, setLabel, setText } from "./dom.ts";
import { openShotMenu } from "./guidance/shot-menu.ts";
import { guidanceWords } from "./guidance/words.ts";
import { words } from "./language.ts";

// A strip scrolls, but nobody scrolls further than this unasked.
const SHOWN = 48;

/** What the strip needs of its class. */
export interface StripActions {
  remove(shotId: number): void;
  /** To the class that it looks like. */
  move(shotId: number): void;
  /** It is right where it is. */
  keep(shotId: number): void;
  pictureOf(shotId: number): Blob | null;
}

export class ShotStrip {
  readonly element = make("ul", "strip");
  readonly #actions: StripActions;
  /** Shots that look like another class: its name, and what can be done. */
  #marked = new Map<number, string>();
  readonly #items = new Map<number, HTMLLIElement>();
  /** What each item shows; its address is let go with it. */
  readonly #pictures = new WeakMap<HTMLLIElement, Blob>();
  readonly #more = make("button", "strip-more number");
  readonly #moreItem = make("li", "", this.#more);
  /** Newest first. */
  #shots: number[] = [];
  /** Those of them with a thumbnail. */
  #shown: number[] = [];
  #most = SHOWN;
  #name = "";
  #current: number | null = null;

  constructor(actions: StripActions) {
    this.#actions = actions;
    this.element.addEventListener("keydown", (event) => this.#onKey(event));
    this.element.addEventListener("focusin", (event) => this.#setTabStop(idOf(event.target)));
    this.element.addEventListener("click", (event) => {
      const id = idOf(event.target);
      if (id !== null) this.#press(id);
    });
    this.#more.type = "button";
    this.#more.addEventListener("mousedown", (event) => event.preventDefault());
    this.#more.addEventListener("click", () => this.#showMore());
  }

  /** Marks the shots that look like another class, each with the name of that class. */
  mark(looksLike: ReadonlyMap<number, string>): void {
    this.#marked = new Map(looksLike);
    this.update(this.#shots.toReversed(), this.#name);
  }

  update(shots: readonly number[], name: string): void {
    const { shotLabel, shotsOf, noShots, moreShots, showMoreShots } = words();
    this.element.setAttribute("aria-label", shotsOf(name));
    this.element.dataset.empty = noShots;
    this.#shots = shots.toReversed();
    this.#name = name;
    this.#shown = this.#shots.filter((id, i) => i < this.#most || this.#marked.has(id));
    const kept = new Set(this.#shown);
    for (const [id, item] of this.#items) {
      if (kept.has(id)) continue;
      item.remove();
      this.#picture(item, null);
      this.#items.delete(id);
    }
    const places = new Map(shots.map((id, i) => [id, i + 1]));
    this.#shown.forEach((id, i) => {
      let item = this.#items.get(id);
      if (item === undefined) {
        item = makeItem(id);
        this.#items.set(id, item);
      }
      const button = item.firstElementChild as HTMLButtonElement;
      const looksLike = this.#marked.get(id);
      const label = shotLabel(places.get(id) ?? 0, shots.length, name);
      setLabel(
        button,
        looksLike === undefined ? label : `${label}. ${guidanceWords().looksLikeClass(looksLike)}`,
      );
      item.classList.toggle("marked", looksLike !== undefined);
      this.#picture(item, this.#actions.pictureOf(id));
      if (this.element.children[i] !== item)
        this.element.insertBefore(item, this.element.children[i] ?? null);
    });
    const hidden = this.#shots.length - this.#shown.length;
    setText(this.#more, moreShots(hidden));
    setLabel(this.#more, showMoreShots(hidden, name));
    if (hidden === 0) this.#moreItem.remove();
    else if (this.element.lastChild !== this.#moreItem) this.element.append(this.#moreItem);
    const current = this.#current !== null && kept.has(this.#current) ? this.#current : this.#shown[0];
    this.#setTabStop(current ?? null);
  }

  /** Twice as many, so that thousands are a few clicks away; the keyboard goes on with the first of them. */
  #showMore(): void {
    const first = this.#shots.find((id) => !this.#items.has(id)) ?? null;
    const focused = document.activeElement === this.#more;
    this.#most *= 2;
    this.update(this.#shots.toReversed(), this.#name);
    if (focused) this.#focus(first);
  }

  #picture(item: HTMLLIElement, picture: Blob | null): void {
    const image = item.querySelector("img");
    if (image === null || picture === (this.#pictures.get(item) ?? null)) return;
    URL.revokeObjectURL(image.src);
    if (picture === null) {
      this.#pictures.delete(item);
      image.removeAttribute("src");
    } else {
      this.#pictures.set(item, picture);
      image.src = URL.createObjectURL(picture);
    }
  }

  #onKey(event: KeyboardEvent): void {
    const id = idOf(event.target);
    if (id === null) return;
    const at = this.#shown.indexOf(id);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: this.#shown.length - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      this.#focus(this.#shown[to] ?? null);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      this.#remove(id);
    }
  }

  /** A click on a marked shot asks what to do; on any other it removes. */
  #press(id: number): void {
    const looksLike = this.#marked.get(id);
    const button = this.#items.get(id)?.querySelector("button");
    if (looksLike === undefined || !button) {
      this.#remove(id);
      return;
    }
    openShotMenu(button, looksLike, {
      move: () => this.#actions.move(id),
      remove: () => this.#actions.remove(id),
      keep: () => this.#actions.keep(id),
    });
  }

  /** The focus goes to the neighbour, so that several can be removed in a row. */
  #remove(id: number): void {
    const at = this.#shown.indexOf(id);
    const next = this.#shown[at + 1] ?? this.#shown[at - 1] ?? null;
    if (this.element.contains(document.activeElement)) this.#focus(next);
    this.#actions.remove(id);
  }

  #focus(id: number | null): void {
    if (id !== null) this.#items.get(id)?.querySelector("button")?.focus();
  }

  #setTabStop(id: number | null): void {
    this.#current = id;
    for (const [one, item] of this.#items)
      (item.firstElementChild as HTMLElement).tabIndex = one === id ? 0 : -1;
  }
}

function makeItem(id: number): HTMLLIElement {
  const image = make("img");
  image.alt = "";
  image.decoding = "async";
  image.draggable = false;
  const button = make("button", "shot", image, makeIcon("close"));
  button.type = "button";
  button.dataset.shot = String(id);
  // The mouse leaves the focus where it is, so that Space still freezes.
  button.addEventListener("mousedown", (event) => event.preventDefault());
  return make("li", "", button);
}

function idOf(target: EventTarget | null): number | null {
  const button = target instanceof Element ? target.closest<HTMLElement>("[data-shot]") : null;
  return button === null ? null : Number(button.dataset.shot);
}
