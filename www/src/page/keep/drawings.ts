/** The support set of the drawing page, as it is kept: small enough to be one record, without pieces. */
import { KShotError } from "../../errors.ts";
import { type ClassName, MOST_SHOTS, SHOTS, type Task, WAYS } from "../draw/task.ts";
import type { Saved, Snapshot } from "./database.ts";
import type { Work } from "./keeper.ts";

interface Drawing {
  classId: number;
  ink: Uint8Array<ArrayBuffer>;
}

interface DrawingsRecord {
  way: number;
  shot: number;
  shots: Drawing[];
  queries: Drawing[];
  names: (ClassName | null)[];
}

/** Numbers of an ink: 28 x 28. */
const INK = 784;
/** Most sample drawings to ask about that are kept: every way with the most of them. */
const MOST_QUERIES = 80;

/** How the page begins. */
export const EMPTY: DrawingsRecord = { way: 5, shot: 1, shots: [], queries: [], names: Array(5).fill(null) };

export class DrawingsWork implements Work {
  readonly name = "drawings";
  readonly #task: Task<unknown>;

  constructor(task: Task<unknown>) {
    this.#task = task;
  }

  take(): Snapshot | null {
    const { way, shot, shots, queries, names } = this.#task.state;
    if (shots.length === 0 && queries.length === 0) return null;
    const bare = ({ classId, ink }: Drawing) => ({ classId, ink });
    const record = { way, shot, shots: shots.map(bare), queries: queries.map(bare), names: [...names] };
    // A drawing never changes under its id.
    const ids = [shots, queries].map((drawings) => drawings.map(({ id }) => id));
    return { look: JSON.stringify([way, shot, ids]), record, pieces: new Map() };
  }

  async put({ record }: Saved, undoable: boolean): Promise<boolean> {
    if (record === null && !undoable) return true;
    // What was drawn while this was on its way is not lost either: undo brings it back.
    this.#task.restore(record === null ? EMPTY : read(record), undoable || this.#task.undoable);
    return true;
  }
}

/** Throws `state_invalid` where a record is not what `take` makes. */
function read(record: unknown): DrawingsRecord {
  const { way, shot, shots, queries, names } = record as DrawingsRecord;
  const within = (n: unknown, { least, most }: { least: number; most: number }) =>
    typeof n === "number" && n >= least && n <= most;
  const drawn = (drawings: unknown, most: number) =>
    Array.isArray(drawings) &&
    drawings.length <= most &&
    drawings.every(
      ({ classId, ink }) =>
        within(classId, { least: 0, most: way - 1 }) && ink instanceof Uint8Array && ink.length === INK,
    );
  const whole =
    within(way, WAYS) &&
    within(shot, SHOTS) &&
    drawn(shots, way * MOST_SHOTS) &&
    drawn(queries, MOST_QUERIES) &&
    Array.isArray(names) &&
    names.length === way;
  if (!whole) throw new KShotError("state_invalid", "the saved drawings are not whole");
  return { way, shot, shots, queries, names };
}
