/** The classes and shots of the camera task, as they are kept. */
import { KShotError } from "../../errors.ts";
import type { KShot } from "../../kshot.ts";
import { isTrained } from "../../methods.ts";
import type { ImportOptions, ImportReport, KShotState, Settings } from "../../types.ts";
import { words } from "../language.ts";
import { showToast } from "../toast.ts";
import { languages } from "../words.ts";
import { makeName, type Saved, type Snapshot } from "./database.ts";
import type { Work } from "./keeper.ts";

interface ObjectsRecord {
  embedder: KShotState["embedder"];
  settings: Settings;
  classes: { name: string; enabled: boolean; shots: string[] }[];
}

/** Buffers and not `Blob`s: some browsers lose a `Blob` from their database when the file behind it goes. */
interface ObjectsPiece {
  embedding: Float32Array;
  thumbnail: { bytes: ArrayBuffer; type: string } | null;
}

/** Runs a restore and tells what came of it; where it is `undoable`, with a way back. */
type Restore = (
  restore: (options: ImportOptions) => Promise<ImportReport>,
  undoable: boolean,
) => Promise<void>;

export class ObjectsWork implements Work {
  readonly name = "objects";
  readonly #restore: Restore;
  #engine: KShot | null = null;
  /** The name under which a shot is kept; ids start anew with every engine. */
  #pieces = new Map<number, string>();

  constructor(restore: Restore) {
    this.#restore = restore;
  }

  /** Keeps what is in this engine from now on. */
  use(engine: KShot): void {
    this.#engine = engine;
    this.#pieces = new Map();
  }

  take(): Snapshot | null {
    const engine = this.#engine;
    if (engine === null) return null;
    const { classes } = engine.support;
    if (classes.every(({ name, shots }) => shots.length === 0 && isGiven(name))) return null;
    const { method, metric, temperature, threshold } = engine.settings;
    const record: ObjectsRecord = {
      embedder: { ...engine.embedder },
      settings: { method, metric, temperature, threshold },
      classes: classes.map(({ name, enabled, shots }) => ({
        name,
        enabled,
        shots: shots.map((shot) => this.#pieceOf(shot)),
      })),
    };
    const shots = classes.flatMap((entry) => entry.shots);
    const pieces = new Map(shots.map((shot) => [this.#pieceOf(shot), () => pack(engine, shot)]));
    return { look: JSON.stringify(record), record, pieces };
  }

  async put(saved: Saved, undoable: boolean): Promise<boolean> {
    const engine = this.#engine;
    const record = saved.record as ObjectsRecord | null;
    if (engine === null) return true;
    let same = true;
    const state = readSaved(record, saved.pieces, engine);
    await this.#restore(async (options) => {
      const report = await restoreAnyway(engine, state, options);
      // Shots that are what was saved keep their names; what was embedded anew is new to the database.
      same = report.embeddedAnew + report.lost === 0;
      if (same) this.#name(engine, record);
      return report;
    }, undoable);
    return same;
  }

  #name(engine: KShot, record: ObjectsRecord | null): void {
    engine.support.classes.forEach(({ shots }, i) => {
      shots.forEach((shot, j) => {
        const piece = record?.classes[i]?.shots[j];
        if (piece !== undefined) this.#pieces.set(shot, piece);
      });
    });
  }

  #pieceOf(shot: number): string {
    const known = this.#pieces.get(shot);
    if (known !== undefined) return known;
    const piece = makeName();
    this.#pieces.set(shot, piece);
    return piece;
  }
}

/** Takes a state in; where its method's weights cannot be had, with the method that needs none. */
async function restoreAnyway(
  engine: KShot,
  state: KShotState,
  options: ImportOptions,
): Promise<ImportReport> {
  try {
    return await engine.restoreState(state, options);
  } catch (error) {
    const weights = error instanceof KShotError && error.code.startsWith("weights_");
    if (!weights || !isTrained(state.settings.method)) throw error;
    const settings = { ...state.settings, method: "ridge" } as const;
    const report = await engine.restoreState({ ...state, settings }, options);
    showToast(words().methodInstead(words().methods.ridge.name));
    return report;
  }
}

/** Whether a name is one that the page gave by itself. */
function isGiven(name: string): boolean {
  return Object.values(languages).some((words) => [1, 2].some((n) => words.newClassName(n) === name));
}

async function pack(engine: KShot, shot: number): Promise<ObjectsPiece> {
  const embedding = engine.embedding(shot);
  if (embedding === null) throw new KShotError("shot_unknown", `shot ${shot} is gone`);
  const thumbnail = engine.thumbnail(shot);
  if (thumbnail === null) return { embedding, thumbnail: null };
  return { embedding, thumbnail: { bytes: await thumbnail.arrayBuffer(), type: thumbnail.type } };
}

/** The state in what was saved; `restoreState` checks the rest. */
function readSaved(record: ObjectsRecord | null, pieces: Saved["pieces"], engine: KShot): KShotState {
  if (record === null) {
    const { format, version, embedder, settings } = engine.exportState();
    return { format, version, embedder, settings, classes: [] };
  }
  return {
    format: "kshot-state",
    version: 1,
    embedder: record.embedder,
    settings: record.settings,
    classes: record.classes.map(({ name, enabled, shots }) => {
      const found = shots.map((shot) => pieces.get(shot) as ObjectsPiece | undefined);
      if (found.includes(undefined)) throw new KShotError("state_invalid", `class ${name} lacks a shot`);
      const whole = found as ObjectsPiece[];
      return {
        name,
        enabled,
        shots: whole.map(({ embedding }) => embedding),
        thumbnails: whole.map(({ thumbnail: one }) => one && new Blob([one.bytes], { type: one.type })),
      };
    }),
  };
}
