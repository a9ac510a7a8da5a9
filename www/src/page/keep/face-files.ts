/** The people of the face page as a `.kshot` file of faces: a class is a person, and there are no thumbnails. */
import { KShotError } from "../../errors.ts";
import type { Faces } from "../../faces.ts";
import type { ImportReport, KShotState } from "../../types.ts";
import { thresholdOf } from "./faces.ts";
import type { FileTask } from "./files.ts";
import { keepWords } from "./words.ts";

export class FaceFiles implements FileTask {
  readonly kind = "faces";
  readonly #faces: () => Faces | null;
  readonly #undo: () => Promise<void>;
  /** The threshold before the last file, for undo. */
  #threshold: number | "auto" = "auto";

  constructor(faces: () => Faces | null, undo: () => Promise<void>) {
    this.#faces = faces;
    this.#undo = undo;
  }

  says() {
    return keepWords().people;
  }

  undo(): void {
    void this.#undo().then(() => this.#use().setThreshold(this.#threshold));
  }

  state(): KShotState {
    const faces = this.#use();
    const { embedder, people } = faces.exportPeople();
    const settings = {
      method: "prototypical",
      metric: "euclidean",
      temperature: "auto",
      threshold: thresholdOf(faces),
    } as const;
    const classes = people.map(({ name, shots }) => ({ name, enabled: true, shots }));
    return { format: "kshot-state", version: 1, embedder, settings, classes };
  }

  async put({ embedder, classes, settings }: KShotState, { mode }: { mode: "replace" | "add" }) {
    const faces = this.#use();
    const own = faces.exportPeople();
    if (embedder.sha256 !== own.embedder.sha256) {
      throw new KShotError("state_other_embedder", "the file's faces were embedded by another network");
    }
    const before = mode === "add" ? own.people : [];
    const people = [...before, ...classes].map(({ name, shots }, id) => ({ id, name, shots }));
    this.#threshold = thresholdOf(faces);
    await faces.restorePeople({ ...own, people });
    if (mode === "replace") await faces.setThreshold(settings.threshold);
    const shots = classes.reduce((sum, person) => sum + person.shots.length, 0);
    return { classes: classes.length, shots, embeddedAnew: 0, lost: 0 } satisfies ImportReport;
  }

  #use(): Faces {
    const faces = this.#faces();
    if (faces === null) throw new KShotError("engine_crashed", "the faces are not ready");
    return faces;
  }
}
