/**
 * Faces before a camera: a row for each person takes shots while it is held, and whoever looks into the camera is
 * named, or is none of them. People are known to all elements of a page, and gone with the page; nothing is kept.
 */
import { asKShotError, KShotError } from "../errors.ts";
import type { Faces } from "../faces.ts";
import { make, setText } from "../page/dom.ts";
import type { Answer, FrameSource, KShotState } from "../types.ts";
import { AnswerPane } from "./answer.ts";
import { CameraPane } from "./camera-pane.ts";
import { accentId, FaceRows } from "./face-rows.ts";
import { faceWords } from "./face-words.ts";
import { drawIcon } from "./icons.ts";
import { predictionOf } from "./prediction.ts";
import type { Prediction } from "./types.ts";
import type { Part, View } from "./view.ts";

export class FacePart implements Part {
  readonly element: HTMLElement;
  readonly #view: View;
  readonly #faces: Faces;
  readonly #camera: CameraPane;
  readonly #answer: AnswerPane;
  readonly #rows: FaceRows;
  readonly #forget = make("button", "tool");
  readonly #forgetLabel = make("span");
  readonly #stops: (() => void)[];
  #faceless = false;

  constructor(view: View, faces: Faces) {
    this.#view = view;
    this.#faces = faces;
    this.#camera = new CameraPane(view, (video) => this.#look(video));
    this.#answer = new AnswerPane(
      view,
      () => this.#prompt(),
      () => faces.people.people.map(({ id }) => accentId(id)),
    );
    this.#rows = new FaceRows(view, faces, () => void this.#camera.open());
    this.#forget.type = "button";
    this.#forget.append(drawIcon("close"), this.#forgetLabel);
    this.#forget.addEventListener("click", () => void this.#forgetAll());
    this.#rows.tools.append(this.#forget);
    this.element = make(
      "div",
      "objects face",
      this.#camera.element,
      this.#answer.element,
      this.#rows.element,
    );
    this.#stops = [
      view.app.events.on("answer", (answer) => {
        if (answer !== null) view.tell("prediction", predictionOf(answer));
      }),
      faces.on("people", () => this.say()),
    ];
  }

  async start(): Promise<void> {
    await this.#rows.addMissing();
    await this.#camera.open();
  }

  stop(): void {
    this.#camera.close();
  }

  show(shown: boolean): void {
    this.#camera.show(shown);
    if (!shown) this.#rows.release();
  }

  ask(source: FrameSource): Promise<Prediction | null> {
    return this.#camera.stepAside(async () => {
      const answer = await this.#look(source);
      this.#view.app.show(answer);
      return answer === null ? null : predictionOf(answer);
    });
  }

  say(): void {
    this.#camera.say();
    this.#rows.say();
    setText(this.#forgetLabel, faceWords[this.#view.language].forget);
    this.#answer.say();
  }

  dispose(): void {
    for (const stop of this.#stops) stop();
    this.#rows.dispose();
    this.#answer.dispose();
    this.#camera.dispose();
  }

  /** Who is in a picture; null where there is no face, or a newer picture took its place. */
  async #look(source: FrameSource): Promise<Answer | null> {
    // While a face is being shown, every frame goes to it.
    if (this.#rows.holding) return null;
    const look = await this.#faces.look(source);
    if (look === null) return null;
    const recognition = look.faces.length === 0 ? null : await this.#faces.recognise();
    this.#faceless = recognition === null;
    if (recognition === null) {
      this.#view.app.show(null);
      return null;
    }
    const { best, scores, threshold } = recognition;
    const order = this.#faces.people.people.map(({ id }) => id);
    return {
      // In the order of the rows: a bar that jumps cannot be read.
      scores: scores
        .toSorted((a, b) => order.indexOf(a.personId) - order.indexOf(b.personId))
        .map(({ personId, name, similarity }) => ({
          classId: accentId(personId),
          name,
          similarity,
          probability: 0,
        })),
      best: best === null ? null : accentId(best),
      scale: "similarity",
      threshold,
      timing: { frame: look.timing.detect, embed: look.timing.embed, head: 0, total: look.timing.total },
    };
  }

  #prompt(): string {
    const { app, words, host, language } = this.#view;
    const says = faceWords[language];
    const people = this.#faces.people.people;
    if (app.picture === null) return host.controls === "full" ? words.promptCamera : "";
    if (people.some(({ shots }) => shots.length > 0)) return this.#faceless ? says.nobody : "";
    return people[0] === undefined ? "" : says.first(people[0].name);
  }

  async #forgetAll(): Promise<void> {
    try {
      await this.#faces.forgetEverything();
      this.#view.app.show(null);
      await this.#rows.addMissing();
    } catch (error) {
      this.#view.tellError(asKShotError(error, "engine_crashed"));
    }
  }
}

/** Adds the people of a file whose names nobody has: they are known to all elements of the page. */
export async function addPeople(faces: Faces, { embedder, classes, settings }: KShotState): Promise<void> {
  const own = faces.exportPeople();
  if (embedder.sha256 !== own.embedder.sha256)
    throw new KShotError("state_other_embedder", "the file's faces were embedded by another network");
  // A name that an attribute gave and nobody was shown for is not somebody yet.
  const here = own.people.filter(({ shots }) => shots.length > 0);
  const there = new Set(here.map(({ name }) => name));
  const others = classes.filter(({ name }) => !there.has(name));
  const people = [...here, ...others].map(({ name, shots }, id) => ({ id, name, shots }));
  await faces.restorePeople({ ...own, people });
  // Whoever came first has said which threshold holds.
  if (here.length === 0) await faces.setThreshold(settings.threshold);
}
