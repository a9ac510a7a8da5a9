/** Objects before a camera: the picture, the answer, and a row for each class that records while it is held. */
import { make } from "../page/dom.ts";
import { Recorder } from "../page/recorder.ts";
import type { FrameSource } from "../types.ts";
import { AnswerPane } from "./answer.ts";
import { CameraPane } from "./camera-pane.ts";
import { ClassRows } from "./class-rows.ts";
import { predictionOf } from "./prediction.ts";
import type { Prediction } from "./types.ts";
import type { Part, View } from "./view.ts";

export class ObjectsPart implements Part {
  readonly element: HTMLElement;
  readonly #view: View;
  readonly #recorder: Recorder;
  readonly #camera: CameraPane;
  readonly #answer: AnswerPane;
  readonly #rows: ClassRows;
  readonly #stop: () => void;

  constructor(view: View) {
    this.#view = view;
    this.#recorder = new Recorder(view.app);
    this.#camera = new CameraPane(view);
    this.#answer = new AnswerPane(view, () => this.#prompt());
    this.#answer.element.append(view.methodLoading);
    this.#rows = new ClassRows(view, this.#recorder, () => this.#camera.open());
    this.#stop = view.app.events.on("answer", (answer) => {
      if (answer !== null) view.tell("prediction", predictionOf(answer));
    });
    this.element = make("div", "objects", this.#camera.element, this.#answer.element, this.#rows.element);
    this.element.addEventListener("keydown", (event) => this.#press(event));
    this.element.addEventListener("keyup", (event) => this.#release(event));
  }

  start(): Promise<void> {
    return this.#camera.open();
  }

  stop(): void {
    this.#camera.close();
  }

  show(shown: boolean): void {
    this.#camera.show(shown);
  }

  async ask(source: FrameSource): Promise<Prediction | null> {
    const answer = await this.#camera.stepAside(() => this.#view.app.ask(source));
    return answer === null ? null : predictionOf(answer);
  }

  say(): void {
    this.#camera.say();
    this.#answer.say();
    this.#rows.say();
  }

  dispose(): void {
    this.#stop();
    this.#recorder.dispose();
    this.#rows.dispose();
    this.#answer.dispose();
    this.#camera.dispose();
  }

  #prompt(): string {
    const { app, words, host } = this.#view;
    if (app.picture === null) return host.controls === "full" ? words.promptCamera : "";
    const first = app.engine?.support.classes[0];
    if (first === undefined || app.engine?.support.classes.some(({ shots }) => shots.length > 0)) return "";
    return host.controls === "full" ? words.promptFirstTouch(first.name) : words.nothingYet;
  }

  /** The keys of the page: 1 to 9 record while they are held, the space bar freezes. */
  #press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || (event.target as Element).matches("input")) return;
    const classId = this.#rows.classAt(Number(event.key) - 1);
    if (classId !== undefined) {
      event.stopPropagation();
      if (!event.repeat) this.#rows.press(classId);
    } else if (event.key === " " && !event.defaultPrevented && !(event.target as Element).matches("button")) {
      event.preventDefault();
      event.stopPropagation();
      if (!event.repeat) this.#camera.toggleFreeze();
    }
  }

  #release(event: KeyboardEvent): void {
    const classId = this.#rows.classAt(Number(event.key) - 1);
    if (classId !== undefined) this.#recorder.release(classId);
  }
}
