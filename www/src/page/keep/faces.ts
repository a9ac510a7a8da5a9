/** The people of the face page, as they are kept where someone has said so: names and embeddings, and no picture. */
import type { FacesState } from "../../face-types.ts";
import type { Faces } from "../../faces.ts";
import type { Saved, Snapshot } from "./database.ts";
import type { Work } from "./keeper.ts";

interface FacesRecord {
  embedder: FacesState["embedder"];
  threshold: number | "auto";
  people: { name: string; shots: Float32Array[] }[];
}

/** The threshold as it was chosen. */
export function thresholdOf(faces: Faces): number | "auto" {
  const { auto, threshold } = faces.threshold;
  return auto ? "auto" : threshold;
}

export class FacesWork implements Work {
  readonly name = "faces";
  readonly optIn = true;
  #faces: Faces | null = null;

  /** Keeps who is enrolled here from now on. */
  use(faces: Faces): void {
    this.#faces = faces;
  }

  take(): Snapshot | null {
    const faces = this.#faces;
    if (faces === null || faces.people.people.length === 0) return null;
    const { embedder, people } = faces.exportPeople();
    const threshold = thresholdOf(faces);
    const record: FacesRecord = {
      embedder,
      threshold,
      people: people.map(({ name, shots }) => ({ name, shots })),
    };
    // An embedding never changes under its shot's id.
    return { look: JSON.stringify([threshold, faces.people.people]), record, pieces: new Map() };
  }

  async put(saved: Saved, undoable: boolean): Promise<boolean> {
    const faces = this.#faces;
    const record = saved.record as FacesRecord | null;
    if (faces === null || (record === null && !undoable)) return true;
    const { embedder, people, threshold } = record ?? {
      embedder: faces.exportPeople().embedder,
      people: [],
      threshold: thresholdOf(faces),
    };
    const numbered = people.map((person, id) => ({ ...person, id }));
    await faces.restorePeople({ format: "kshot-faces", version: 1, embedder, people: numbered });
    await faces.setThreshold(threshold);
    return true;
  }
}
