/**
 * Drawings: a pad, a row for each class that takes the drawing as a shot, and what one method of the lab says of what
 * is on the pad. Loaded when the task is `draw`.
 */

import { asKShotError, KShotError } from "../errors.ts";
import type { Lab } from "../lab.ts";
import type { Ink, MethodId, Reading } from "../lab-types.ts";
import { make, paragraph, setLabel, setText } from "../page/dom.ts";
import { Pad } from "../page/draw/pad.ts";
import { drawLanguages } from "../page/draw/words.ts";
import { readDrawings } from "../page/keep/drawing-files.ts";
import type { Answer, FrameSource, KShotState } from "../types.ts";
import { AnswerPane } from "./answer.ts";
import { DrawRows } from "./draw-rows.ts";
import type { DrawingSet } from "./drawing-set.ts";
import { drawIcon } from "./icons.ts";
import type { Prediction } from "./types.ts";
import type { Part, View } from "./view.ts";

export { DrawingSet } from "./drawing-set.ts";

/** The classes in a file of drawings, each with its own in the order in which they are read. */
export function drawnClasses(state: KShotState): { name: string; shots: Ink[] }[] {
  const { shots } = readDrawings(state);
  return state.classes.map(({ name }, i) => ({
    name,
    shots: shots.filter(({ classId }) => classId === i).map(({ ink }) => ink),
  }));
}

export class DrawPart implements Part {
  readonly element: HTMLElement;
  readonly #view: View;
  readonly #lab: Lab;
  readonly #set: DrawingSet;
  readonly #pad: Pad;
  readonly #answer: AnswerPane;
  readonly #rows: DrawRows;
  readonly #clear = make("button", "tool");
  readonly #undoStroke = make("button", "tool");
  readonly #problem = make("p", "problem");
  readonly #stops: (() => void)[];
  /** What is asked about: the pad's drawing, or a picture from elsewhere. */
  #query: Ink | null = null;
  #turn = 0;

  constructor(view: View, lab: Lab, set: DrawingSet) {
    this.#view = view;
    this.#lab = lab;
    this.#set = set;
    this.#pad = new Pad(() => drawLanguages[view.language]);
    this.#answer = new AnswerPane(
      view,
      () => this.#prompt(),
      () => set.classes.map(({ id }) => id),
    );
    this.#rows = new DrawRows(view, set, (id) => void this.#add(id));
    this.#problem.setAttribute("role", "alert");
    this.#problem.hidden = true;
    this.#pad.element.part.add("pad");
    this.#undoStroke.append(drawIcon("undo"), make("span"));
    this.#clear.append(drawIcon("close"), make("span"));
    for (const button of [this.#undoStroke, this.#clear]) button.type = "button";
    this.#undoStroke.addEventListener("click", () => this.#pad.undo());
    this.#clear.addEventListener("click", () => this.#pad.clear());
    const tools = make("div", "tools", this.#undoStroke, this.#clear);
    this.element = make(
      "div",
      "objects draw",
      make("div", "pad-side", this.#pad.element, this.#problem, tools),
      this.#answer.element,
      this.#rows.element,
    );
    this.#stops = [
      this.#pad.events.on("change", () => void this.#look()),
      set.events.on("change", () => void this.#ask()),
    ];
    this.element.addEventListener("keydown", (event) => this.#press(event));
  }

  async start(): Promise<void> {
    this.#view.setState("live");
  }

  stop(): void {
    this.#view.setState("ready");
  }

  show(): void {}

  async ask(source: FrameSource): Promise<Prediction | null> {
    this.#query = await this.#lab.inkOf(source);
    this.#pad.show(this.#query);
    return this.#ask();
  }

  say(): void {
    const words = drawLanguages[this.#view.language];
    this.#pad.say();
    this.#pad.redraw();
    setText(this.#undoStroke.querySelector("span") as Element, words.undoStroke);
    setText(this.#clear.querySelector("span") as Element, words.clear);
    this.#rows.say(this.#query !== null);
    this.#answer.say();
    setLabel(this.element, words.pad);
    this.element.removeAttribute("title");
    this.element.setAttribute("role", "group");
    void this.#ask();
  }

  dispose(): void {
    this.#turn++;
    for (const stop of this.#stops) stop();
    this.#rows.dispose();
    this.#answer.dispose();
  }

  /** The numbers take the drawing as a shot of their class. */
  #press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || (event.target as Element).matches("input")) return;
    const one = this.#set.classes[Number(event.key) - 1];
    if (one === undefined) return;
    event.stopPropagation();
    if (!event.repeat) void this.#add(one.id);
  }

  /** Turns what is on the pad into ink. */
  async #look(): Promise<void> {
    const turn = ++this.#turn;
    this.#problem.hidden = true;
    try {
      const ink = this.#pad.drawn ? await this.#lab.inkOf(this.#pad.picture()) : null;
      if (turn !== this.#turn) return;
      this.#query = ink;
      this.#rows.say(ink !== null);
      await this.#ask();
    } catch (error) {
      // A dot is no drawing yet.
      if (!(error instanceof KShotError) || error.code !== "drawing_empty") this.#fail(error);
    }
  }

  async #add(classId: number): Promise<void> {
    const ink = this.#query;
    const one = this.#set.classes.find(({ id }) => id === classId);
    const { shots } = this.#view.host;
    if (ink === null || one === undefined || (shots !== null && one.shots.length >= shots)) return;
    this.#query = null;
    this.#pad.clear();
    const count = this.#set.addShot(classId, ink);
    this.#view.tell("shot", { classId, name: one.name, shotId: null, count });
  }

  /** What the method says of the query; null where there is nothing to ask or a newer question took its place. */
  async #ask(): Promise<Prediction | null> {
    const turn = ++this.#turn;
    const { app } = this.#view;
    const shots = this.#set.labShots();
    if (this.#query === null || new Set(shots.map(({ classId }) => classId)).size < 2) {
      app.show(null);
      return null;
    }
    try {
      const { classIds, readings } = await this.#lab.read(shots, this.#query);
      const reading =
        readings.find(({ method }) => method === this.#method) ??
        readings.find((one) => one.method === "prototypical");
      if (turn !== this.#turn || reading === undefined) return null;
      const prediction = this.#predict(classIds, reading);
      app.show(answerOf(prediction));
      this.#view.tell("prediction", prediction);
      return prediction;
    } catch (error) {
      this.#fail(error);
      return null;
    }
  }

  get #method(): MethodId {
    return (this.#view.host.method ?? "prototypical") as MethodId;
  }

  #predict(classIds: number[], { probabilities }: Reading): Prediction {
    const scores = classIds.map((classId, i) => ({
      classId,
      name: this.#set.classes.find(({ id }) => id === classId)?.name ?? "",
      probability: probabilities[i] ?? 0,
      similarity: null,
    }));
    const best = scores.reduce((a, b) => (b.probability > a.probability ? b : a));
    return { classId: best.classId, name: best.name, scores, answer: null };
  }

  #prompt(): string {
    const words = drawLanguages[this.#view.language];
    const taught = this.#set.classes.filter(({ shots }) => shots.length > 0).length;
    if (taught === 0) return words.padHint;
    return taught === 1 ? words.oneMore : (words.ask.split(/[,，]/)[0] ?? "");
  }

  #fail(error: unknown): void {
    const known = asKShotError(error, "engine_crashed");
    if (known.code === "disposed") return;
    const { says, todo } = this.#view.wordsOf(known);
    setText(this.#problem, paragraph(says, todo));
    this.#problem.hidden = false;
    this.#view.tellError(known);
  }
}

/** A prediction as the answer's views show it: a method of the lab names a class always. */
function answerOf({ classId, scores }: Prediction): Answer {
  return {
    scores: scores.map((score) => ({ ...score, similarity: 0 })),
    best: classId,
    scale: "probability",
    threshold: -1,
    timing: { frame: 0, embed: 0, head: 0, total: 0 },
  };
}
