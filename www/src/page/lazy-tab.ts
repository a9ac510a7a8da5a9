/** The door to a page whose code comes when it is opened first; a failure is told and can be tried again. */

import { KShotError } from "../errors.ts";
import type { App } from "./app.ts";
import { find, make, setText } from "./dom.ts";
import { onLanguage, words, wordsOf } from "./language.ts";

/** A page behind a tab. */
export interface TabView {
  /** It is on show. */
  open(): void;
  /** Another page is on show. */
  close(): void;
}

/** Starts a page in its panel. */
type Start = (app: App, panel: HTMLElement) => TabView;

/** How a page is had. */
interface Door {
  /** The id of its panel. */
  panel: string;
  /** What is said meanwhile. */
  opening: () => string;
  load: () => Promise<Start>;
}

export class LazyTab {
  readonly #app: App;
  readonly #door: Door;
  readonly #panel: HTMLElement;
  readonly #says = make("p", "says");
  readonly #todo = make("p");
  readonly #retry = make("button", "primary");
  #view: TabView | null = null;
  #state: "closed" | "loading" | "open" | "failed" = "closed";

  constructor(app: App, door: Door) {
    this.#app = app;
    this.#door = door;
    this.#panel = find(door.panel);
    this.#retry.type = "button";
    this.#retry.addEventListener("click", () => void this.#load());
    onLanguage(() => this.#show());
  }

  /** Shows the page, or how far it is. */
  open(): void {
    if (this.#view !== null) this.#view.open();
    else if (this.#state !== "loading") void this.#load();
  }

  close(): void {
    this.#view?.close();
  }

  async #load(): Promise<void> {
    this.#state = "loading";
    this.#show();
    try {
      const start = await this.#door.load();
      this.#state = "open";
      this.#view = start(this.#app, this.#panel);
      if (!this.#panel.hidden) this.#view.open();
    } catch (error) {
      // What is thrown where a script cannot be had is a TypeError; anything else is a fault of ours.
      if (!(error instanceof TypeError) || this.#view !== null) reportError(error);
      this.#state = "failed";
      this.#show();
    }
  }

  #show(): void {
    if (this.#state !== "loading" && this.#state !== "failed") return;
    const failed = this.#state === "failed";
    const { says, todo } = wordsOf(new KShotError("code_unavailable", ""));
    setText(this.#says, failed ? says : this.#door.opening());
    setText(this.#todo, failed ? todo : "");
    setText(this.#retry, words().retry);
    this.#retry.hidden = !failed;
    const box = make("div", "part-problem", this.#says, this.#todo, this.#retry);
    if (failed) box.setAttribute("role", "alert");
    this.#panel.replaceChildren(box);
  }
}
