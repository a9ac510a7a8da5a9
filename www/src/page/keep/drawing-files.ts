/**
 * The support set of the drawing page as a `.kshot` file of drawings. An "embedding" there is the ink, 784 numbers of
 * 0 and 1, and then the shot's place in the order in which the shots are read; a class is named by its character.
 */
import { KShotError } from "../../errors.ts";
import type { ImportReport, KShotState } from "../../types.ts";
import { type ClassName, MOST_SHOTS, SHOTS, type Task, WAYS } from "../draw/task.ts";
import { drawWords } from "../draw/words.ts";
import type { FileTask } from "./files.ts";

/** Numbers of an ink: 28 x 28. */
const INK = 784;

/** Ink is what was drawn: no network made it. */
const EMBEDDER = { name: "ink", sha256: "0".repeat(64), dimensions: INK + 1 };

export class DrawingFiles implements FileTask {
  readonly kind = "drawings";
  readonly #task: Task<unknown>;
  readonly #undo: () => void;

  constructor(task: Task<unknown>, undo: () => void) {
    this.#task = task;
    this.#undo = undo;
  }

  undo(): void {
    this.#undo();
  }

  state(): KShotState {
    const { way, shots, names } = this.#task.state;
    const classes = Array.from({ length: way }, (_, classId) => {
      const own = shots.flatMap((shot, place) => (shot.classId === classId ? [[...shot.ink, place]] : []));
      return {
        name: nameOf(names[classId] ?? null, classId),
        enabled: true,
        shots: own.map((one) => new Float32Array(one)),
      };
    });
    const settings = {
      method: "prototypical",
      metric: "euclidean",
      temperature: "auto",
      threshold: "auto",
    } as const;
    return { format: "kshot-state", version: 1, embedder: EMBEDDER, settings, classes };
  }

  async put(state: KShotState, { mode }: { mode: "replace" | "add" }): Promise<ImportReport> {
    const read = readDrawings(state);
    const before = this.#task.state;
    const add = mode === "add";
    const from = add ? before.way : 0;
    const way = Math.max(WAYS.least, from + read.names.length);
    if (way > WAYS.most)
      throw new KShotError("too_many_classes", `${way} classes; at most ${WAYS.most} are taken`);
    const shots = read.shots.map(({ classId, ink }) => ({ classId: from + classId, ink }));
    const names = [...(add ? before.names : []), ...read.names];
    while (names.length < way) names.push(null);
    this.#task.restore(
      {
        way,
        shot: add ? before.shot : Math.min(SHOTS.most, Math.max(SHOTS.least, read.most)),
        shots: add ? [...before.shots, ...shots] : shots,
        queries: add ? before.queries : [],
        names,
      },
      true,
    );
    return { classes: read.names.length, shots: shots.length, embeddedAnew: 0, lost: 0 };
  }
}

/**
 * The drawings of a file, in the order in which they are read. Throws `file_other_kind`, `file_invalid`,
 * `too_many_shots`.
 */
export function readDrawings({ embedder, classes }: KShotState): {
  shots: { classId: number; ink: Uint8Array<ArrayBuffer> }[];
  names: (ClassName | null)[];
  most: number;
} {
  if (embedder.dimensions !== INK + 1 || embedder.sha256 !== EMBEDDER.sha256) {
    throw new KShotError("file_other_kind", "the file's drawings are no ink of 28 x 28");
  }
  const most = Math.max(0, ...classes.map(({ shots }) => shots.length));
  if (most > MOST_SHOTS)
    throw new KShotError("too_many_shots", `${most} shots of a class; at most ${MOST_SHOTS} are taken`);
  const placed = classes.flatMap(({ shots }, classId) =>
    shots.map((values) => {
      const ink = Uint8Array.from(values.subarray(0, INK));
      if (values.subarray(0, INK).some((value) => value !== 0 && value !== 1)) {
        throw new KShotError("file_invalid", "a drawing has values that are not 0 or 1");
      }
      return { classId, ink, place: values[INK] ?? 0 };
    }),
  );
  placed.sort((a, b) => a.place - b.place);
  return { shots: placed, names: classes.map(({ name }) => parseName(name)), most };
}

function nameOf(name: ClassName | null, classId: number): string {
  return name === null ? drawWords().classN(classId + 1) : `${name.alphabet} / ${name.character}`;
}

/** The character of a class, or null where it was drawn by hand. */
function parseName(name: string): ClassName | null {
  const [, alphabet, character] = /^(.+) \/ (\d+)$/.exec(name) ?? [];
  return alphabet === undefined ? null : { alphabet, character: Number(character) };
}
