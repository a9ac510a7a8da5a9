/** The poster: what stands in the place of the element until it is started. A few kilobytes, no camera. */
import type { Language } from "../page/words.ts";
import { drawIcon } from "./icons.ts";
import css from "./poster.css?inline";
import { useSheet } from "./sheet.ts";
import type { Task } from "./types.ts";
import { posterWords } from "./words.ts";

export class Poster {
  readonly #root: ShadowRoot;
  readonly #box = document.createElement("div");
  readonly #picture = document.createElement("img");
  readonly #button = document.createElement("button");
  readonly #label = document.createElement("span");
  readonly #names = document.createElement("ul");
  readonly #what = document.createElement("p");
  readonly #privacy = document.createElement("p");
  readonly #problem = document.createElement("p");

  constructor(root: ShadowRoot, onStart: () => void) {
    this.#root = root;
    useSheet(root, css);
    this.#box.className = "poster";
    this.#box.part.add("poster");
    this.#picture.part.add("poster-picture");
    this.#picture.alt = "";
    this.#button.type = "button";
    this.#button.part.add("start");
    this.#button.append(drawIcon("start"), this.#label);
    this.#button.addEventListener("click", onStart);
    this.#problem.setAttribute("role", "alert");
    this.#what.className = "what";
    this.#privacy.className = "privacy";
    this.#box.append(
      this.#picture,
      drawIcon("brand"),
      this.#what,
      this.#names,
      this.#button,
      this.#privacy,
      this.#problem,
    );
    root.append(this.#box);
  }

  /** Says and shows what the attributes ask for. */
  show(language: Language, task: Task, classes: readonly string[], picture: string | null): void {
    const words = posterWords[language];
    this.#box.lang = language === "zh" ? "zh-Hans" : "en";
    this.#label.textContent = words.start[task];
    this.#what.textContent = words.what[task];
    this.#privacy.textContent = words.privacy;
    this.#names.hidden = classes.length === 0;
    this.#names.replaceChildren(
      ...classes.map((name) => {
        const item = document.createElement("li");
        item.textContent = name;
        return item;
      }),
    );
    this.#picture.hidden = picture === null;
    this.#box.classList.toggle("has-picture", picture !== null);
    if (picture === null) this.#picture.removeAttribute("src");
    else if (this.#picture.getAttribute("src") !== picture) this.#picture.src = picture;
  }

  /** The code is on its way; or it is not, and `problem` says why. */
  setBusy(busy: boolean, problem = ""): void {
    this.#button.disabled = busy;
    this.#problem.textContent = problem;
  }

  remove(): void {
    this.#box.remove();
    this.#root.adoptedStyleSheets = [];
  }
}
