/**
 * The face page put together: the picture, what is said of it, the people, the threshold with its costs, the challenge
 * and what is kept. Loaded when Face is opened; it loads the networks itself.
 */
import { asKShotError, type KShotError } from "../../errors.ts";
import type { Person, ScoreDistribution } from "../../face-types.ts";
import type { Faces } from "../../faces.ts";
import type { App } from "../app.ts";
import { make } from "../dom.ts";
import { onFiles } from "../drops.ts";
import { FaceFiles } from "../keep/face-files.ts";
import { FacesWork, thresholdOf } from "../keep/faces.ts";
import { Files, isKshotFile } from "../keep/files.ts";
import { Keeper } from "../keep/keeper.ts";
import { onLanguage } from "../language.ts";
import type { TabView } from "../lazy-tab.ts";
import { PartLoader } from "../part-loader.ts";
import { Refusals } from "../refusals.ts";
import { retireUndo, showToast } from "../toast.ts";
import { addPhotos } from "./add-photos.ts";
import { AnswerPane } from "./answer-pane.ts";
import { ChallengePane } from "./challenge-pane.ts";
import { EnrolPane } from "./enrol-pane.ts";
import { KeepPane } from "./keep-pane.ts";
import { PeoplePane } from "./people-pane.ts";
import { pickFiles } from "./pick-files.ts";
import { PicturePane } from "./picture-pane.ts";
import { PrivacyPane } from "./privacy-pane.ts";
import { FaceSamples } from "./samples.ts";
import { ThresholdPane } from "./threshold-pane.ts";
import { faceWords } from "./words.ts";
import { FaceWork } from "./work.ts";

class FaceView {
  readonly #work = new FaceWork();
  readonly #loader: PartLoader<{ faces: Faces; scores: ScoreDistribution }>;
  readonly #picture: PicturePane;
  readonly #threshold: ThresholdPane;
  readonly #privacy: PrivacyPane;
  readonly #refusals = new Refusals();
  readonly #progress = make("p", "fine");
  readonly #kept = new FacesWork();
  readonly #keeper = new Keeper(this.#kept);
  readonly #files: Files;
  /** Whose people are those that are kept. */
  #filled: Faces | null = null;

  constructor(app: App, panel: HTMLElement) {
    const work = this.#work;
    this.#loader = new PartLoader(
      app,
      {
        id: "face",
        open: async (engine, onProgress) => {
          work.failed = false;
          try {
            const faces = await engine.openFaces({ onProgress });
            const scores = await faces.scores();
            await this.#fill(faces);
            return { faces, scores };
          } catch (error) {
            work.failed = true;
            throw error;
          }
        },
        says: faceWords,
      },
      ({ faces, scores }) => {
        work.use(faces, scores);
        this.#threshold.use(scores);
        this.#files.takeAll();
        this.#picture.askAgain();
      },
    );
    this.#files = new Files(
      app,
      new FaceFiles(
        () => work.faces,
        () => this.#undo(),
      ),
    );
    onFiles((given) => {
      const file = given.find(isKshotFile);
      if (file === undefined || panel.hidden || work.faces === null || work.task !== "answer") return false;
      void this.#files.open(file);
      return true;
    });
    this.#picture = new PicturePane(app, work);
    this.#threshold = new ThresholdPane(work);
    this.#privacy = new PrivacyPane(work, async () => {
      this.#picture.close();
      await this.#keeper.switchOff();
    });
    const keep = new KeepPane(work, this.#keeper, this.#files);
    const answer = new AnswerPane(work);
    const enrol = new EnrolPane(work, {
      camera: (name, passes) => this.#enrol({ name, passes }),
      photos: (name) => void this.#pickFor(null, name),
    });
    const people = new PeoplePane(work, {
      appearance: ({ id }) => this.#enrol({ personId: id, passes: 1 }),
      photos: (person) => void this.#pickFor(person, person.name),
      drop: (person, files) => void this.#addTo(person, person.name, files),
      remove: (person) => void this.#remove(person),
    });
    const samples = new FaceSamples(work, this.#refusals, (photo, name) => this.#picture.ask(photo, name));
    const challenge = new ChallengePane(work, () => this.#picture.live);
    const side = make("section", "face-side", people.element, enrol.element, this.#progress);
    side.append(this.#refusals.element, keep.element);
    onLanguage(() => side.setAttribute("aria-label", faceWords().people));
    this.#progress.setAttribute("role", "status");
    this.#picture.element.append(samples.element);
    panel.replaceChildren(
      this.#loader.element,
      make("div", "face-top", this.#picture.element, answer.element, side, this.#threshold.element),
      make("div", "face-boxes", this.#threshold.more, challenge.element, this.#privacy.element),
    );
    this.#picture.onLive = () => challenge.show();
    work.events.on("error", (error) => this.#report(error));
    work.events.on("enrolled", ({ name, personId, shots }) => {
      const before = work.people.find(({ id }) => id === personId)?.shots.length ?? shots;
      const { enrolled, addedTo } = faceWords();
      this.#tell(before > shots ? addedTo(name, shots) : enrolled(name, shots));
    });
    app.events.on("status", (status) => {
      // The engine is back after a loss, and knows no last look.
      if (status === "ready") this.#picture.askAgain();
      // Its faces answer no more; those of the next engine get the people.
      if (status === "failed") work.letGo();
    });
  }

  /** The page is on show. */
  open(): void {
    this.#loader.start();
    this.#privacy.open();
    this.#picture.openIfAllowed();
  }

  /** Another page is on show: the camera's light goes out. */
  close(): void {
    this.#privacy.close();
    this.#picture.close();
  }

  #enrol(options: { name?: string; personId?: number; passes: 1 | 2 }): void {
    this.#refusals.clear();
    void this.#work.startEnrolment(options);
    this.#picture.openCamera();
  }

  async #pickFor(person: Person | null, name: string): Promise<void> {
    const files = await pickFiles({ multiple: true, label: faceWords().addPhotosOf(name) });
    if (files.length > 0) await this.#addTo(person, name, files);
  }

  /** Adds photos to a person, or to a new one, who stays only where a photo could be taken. */
  async #addTo(person: Person | null, name: string, files: File[]): Promise<void> {
    const { faces } = this.#work;
    if (faces === null) return;
    this.#refusals.clear();
    try {
      const id = person?.id ?? (await faces.addPerson(name));
      const photos = files.map((file) => ({ name: file.name, photo: file }));
      const taken = await addPhotos(faces, id, photos, this.#refusals, (done) => {
        this.#progress.textContent = faceWords().adding(done, files.length);
      });
      const { enrolled, addedTo } = faceWords();
      if (taken > 0) this.#tell(person === null ? enrolled(name, taken) : addedTo(name, taken));
      else if (person === null) await faces.removePerson(id);
      if (taken > 0 && person === null) this.#work.setPerson(id);
    } catch (error) {
      this.#report(asKShotError(error, "engine_crashed"));
    } finally {
      this.#progress.textContent = "";
    }
  }

  async #remove(person: Person): Promise<void> {
    await this.#work.remove(person.id);
    this.#tell(faceWords().removed(person.name));
  }

  #tell(text: string): void {
    showToast(text, () => void this.#undo());
  }

  async #undo(): Promise<void> {
    await this.#work.undo();
    showToast(faceWords().undone);
  }

  /** Gives new faces the people of those before, whose engine failed for good, or at first those that were kept. */
  async #fill(faces: Faces): Promise<void> {
    if (this.#filled === faces) return;
    const before = this.#filled;
    if (before !== null) {
      await faces.restorePeople(before.exportPeople());
      await faces.setThreshold(thresholdOf(before));
    }
    this.#filled = faces;
    this.#kept.use(faces);
    faces.on("people", () => {
      retireUndo();
      this.#keeper.changed();
    });
    faces.on("threshold", () => this.#keeper.changed());
    if (before === null) await this.#keeper.start();
    else this.#keeper.changed();
  }

  #report(error: KShotError): void {
    // The engine is being rebuilt, and everything is asked again when it is back.
    if (error.code !== "device_lost") this.#loader.report(error);
  }
}

/** Starts the face page in its panel. */
export function startFace(app: App, panel: HTMLElement): TabView {
  return new FaceView(app, panel);
}
