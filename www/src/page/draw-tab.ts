/** The door to the drawing page: its code comes when it is opened first; a failure is told and can be tried again. */

import { KShotError } from "../errors.ts";
import type { App } from "./app.ts";
import { find, make, setText } from "./dom.ts";
import { onLanguage, words, wordsOf } from "./language.ts";

interface View {
  open(): void;
  close(): void;
}

export class DrawTab {
  readonly #app: App;
  readonly #panel = find("panel-draw");
  readonly #says = make("p", "says");
  readonly #todo = make("p");
  readonly #retry = make("button", "primary");
  #view: View | null = null;
  #state: "closed" | "loading" | "open" | "failed" = "closed";

  constructor(app: App) {
    this.#app = app;
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
      const { startDraw } = await import("./draw/view.ts");
      this.#state = "open";
      this.#view = startDraw(this.#app, this.#panel);
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
    setText(this.#says, failed ? says : words().drawOpening);
    setText(this.#todo, failed ? todo : "");
    setText(this.#retry, words().retry);
    this.#retry.hidden = !failed;
    const box = make("div", "draw-problem", this.#says, this.#todo, this.#retry);
    if (failed) box.setAttribute("role", "alert");
    this.#panel.replaceChildren(box);
  }
}
