/** The answer in large type, its score, and a bar for each class; told in words once it has settled. */
import { accentOf, paint } from "../page/accents.ts";
import { startBars } from "../page/bars.ts";
import { make, setLabel, setText } from "../page/dom.ts";
import { sayScore, scaleOf } from "../page/scores.ts";
import type { Answer } from "../types.ts";
import type { View } from "./view.ts";

// As on the page (answer-view.ts): shorter, and a screen reader would talk all the time.
const SETTLED_MS = 600;

export class AnswerPane {
  readonly element: HTMLElement;
  readonly #view: View;
  readonly #name = make("p", "answer-name");
  readonly #value = make("p", "answer-value number");
  readonly #bars = make("ul", "bars");
  readonly #announcer = make("p", "unseen");
  readonly #stops: (() => void)[];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #saying = "";
  readonly #prompt: () => string;

  /** `prompt` is what to do next, where nothing is known yet; `classes` are their ids in order, where they are not the engine's. */
  constructor(view: View, prompt: () => string, classes?: () => number[]) {
    this.#view = view;
    this.#prompt = prompt;
    this.#name.part.add("answer");
    this.#value.part.add("score");
    this.#bars.part.add("bars");
    this.#announcer.setAttribute("role", "status");
    this.element = make("div", "reading", this.#name, this.#value, this.#bars, this.#announcer);
    const { events } = view.app;
    this.#stops = [
      startBars(view.app, this.#bars, classes),
      events.on("answer", (answer) => this.#show(answer)),
      events.on("support", () => this.#show(view.app.answer)),
      events.on("picture", () => this.#show(view.app.answer)),
    ];
  }

  say(): void {
    setLabel(this.#bars, this.#view.words.scores);
    this.#show(this.#view.app.answer);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const stop of this.#stops) stop();
  }

  #show(answer: Answer | null): void {
    const { words } = this.#view;
    const best = answer?.scores.find(({ classId }) => classId === answer.best);
    const { problem } = this.#view.app;
    if (answer === null && problem !== null) this.#set("prompt", this.#view.wordsOf(problem).says, "");
    else if (answer === null || answer.scores.length === 0) this.#set("prompt", this.#prompt(), "");
    else if (best === undefined) this.#set("none", words.noneOfThese, "", words.announceNone);
    else {
      const scale = scaleOf(answer);
      const score = sayScore(best, scale);
      this.#set(
        "class",
        best.name,
        scale === "similarity" ? `${words.similarity} ${score}` : score,
        best.name,
      );
    }
    paint(this.element, best === undefined ? null : accentOf(best.classId, []));
  }

  #set(kind: string, text: string, value: string, spoken = ""): void {
    this.element.dataset.kind = kind;
    setText(this.#name, text);
    setText(this.#value, value);
    this.#name.style.setProperty("--length", String(Math.max(8, widthOf(text))));
    if (spoken === this.#saying) return;
    this.#saying = spoken;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => setText(this.#announcer, spoken), SETTLED_MS);
  }
}

/** Roughly how many letters wide a text is; Chinese characters count twice. */
function widthOf(text: string): number {
  let width = 0;
  for (const letter of text) width += letter > "\u2e80" ? 2 : 1;
  return width;
}
