/**
 * The page's copy of the support set: what survives when the worker does not.
 *
 * It keeps each shot's embedding, and public ids that stay the same when a new engine gives the same
 * classes and shots other ids. It never changes the set: the engine does, and tells it the outcome.
 */
import type { EngineSupport } from "./engine.ts";
import type { StoredSet } from "./protocol.ts";
import type { Answer, Guidance, KShotState, Settings, SpacePoint, SupportSummary } from "./types.ts";

// One count for all support sets of a page: an id is never used again, so colours and thumbnails can go by it.
let next = 1;

/** The number of a step of undo that nothing belongs to yet. */
export function newStep(): number {
  return next++;
}

/** Public ids on one side, those of the engine in use on the other. */
class IdMap {
  #publicOf = new Map<number, number>();
  #engineOf = new Map<number, number>();

  toPublic(engineId: number): number {
    const known = this.#publicOf.get(engineId);
    if (known !== undefined) return known;
    const id = next++;
    this.#link(id, engineId);
    return id;
  }

  /** The engine's id; for one that is not known, an id that the engine does not know either. */
  toEngine(publicId: number): number {
    return this.#engineOf.get(publicId) ?? UNKNOWN;
  }

  /** Starts over for a new engine: `pairs` of public and engine ids are all there is. */
  relink(pairs: [publicId: number, engineId: number][]): void {
    this.#publicOf = new Map();
    this.#engineOf = new Map();
    for (const [publicId, engineId] of pairs) this.#link(publicId, engineId);
  }

  #link(publicId: number, engineId: number): void {
    this.#publicOf.set(engineId, publicId);
    this.#engineOf.set(publicId, engineId);
  }
}

// The largest u32: no engine hands it out.
const UNKNOWN = 0xffff_ffff;

export class SupportMirror {
  readonly #classes = new IdMap();
  readonly #shots = new IdMap();
  /** Embeddings by public shot id; those of removed shots stay for `undo`. */
  readonly #embeddings = new Map<number, Float32Array<ArrayBuffer>>();
  /** Small pictures by public shot id, kept as long as the embeddings. */
  readonly #thumbnails = new Map<number, Blob>();
  #summary: SupportSummary = { classes: [], undo: null };

  /** The support set in public ids. */
  get summary(): SupportSummary {
    return this.#summary;
  }

  engineClass(classId: number): number {
    return this.#classes.toEngine(classId);
  }

  engineShot(shotId: number): number {
    return this.#shots.toEngine(shotId);
  }

  publicClass(engineId: number): number {
    return this.#classes.toPublic(engineId);
  }

  /** Takes the engine's view of the set after any change. */
  update({ classes, undo, removed }: EngineSupport): SupportSummary {
    this.#summary = {
      undo,
      classes: classes.map((entry) => ({
        ...entry,
        id: this.#classes.toPublic(entry.id),
        shots: entry.shots.map((shot) => this.#shots.toPublic(shot)),
      })),
    };
    this.#keepOnly([
      ...this.#summary.classes.flatMap(({ shots }) => shots),
      ...removed.map((shot) => this.#shots.toPublic(shot)),
    ]);
    return this.#summary;
  }

  /** Remembers a new shot; gives its public id. */
  keepShot(engineId: number, embedding: Float32Array<ArrayBuffer>, thumbnail: Blob | null): number {
    const shotId = this.#shots.toPublic(engineId);
    this.#embeddings.set(shotId, embedding);
    if (thumbnail !== null) this.#thumbnails.set(shotId, thumbnail);
    return shotId;
  }

  /** The embedding of a shot; it must not be changed. */
  embedding(shotId: number): Float32Array | null {
    return this.#embeddings.get(shotId) ?? null;
  }

  /** The small picture of a shot. */
  thumbnail(shotId: number): Blob | null {
    return this.#thumbnails.get(shotId) ?? null;
  }

  /** Takes the outcome of a `restore` or `append` of `classes` that the user asked for: they are the last ones. */
  takeRestored(classes: KShotState["classes"], support: EngineSupport): SupportSummary {
    const summary = this.update(support);
    const first = summary.classes.length - classes.length;
    classes.forEach(({ shots, thumbnails }, i) => {
      summary.classes[first + i]?.shots.forEach((shot, j) => {
        const embedding = shots[j];
        if (embedding !== undefined) this.#embeddings.set(shot, new Float32Array(embedding));
        const thumbnail = thumbnails?.[j] ?? null;
        if (thumbnail !== null) this.#thumbnails.set(shot, thumbnail);
      });
    });
    return summary;
  }

  /** Binds the public ids to a new engine that was given `store()` and answered `support`. */
  rebind(support: EngineSupport): SupportSummary {
    const before = this.#summary.classes;
    const classPairs: [number, number][] = [];
    const shotPairs: [number, number][] = [];
    support.classes.forEach((entry, i) => {
      const old = before[i];
      if (old === undefined) return;
      classPairs.push([old.id, entry.id]);
      entry.shots.forEach((shot, j) => {
        const oldShot = old.shots[j];
        if (oldShot !== undefined) shotPairs.push([oldShot, shot]);
      });
    });
    this.#classes.relink(classPairs);
    this.#shots.relink(shotPairs);
    return this.update(support);
  }

  /** Names, flags, embeddings and thumbnails of every class, in order. */
  classes(): Required<KShotState["classes"][number]>[] {
    return this.#summary.classes.map(({ name, enabled, shots }) => {
      const known = shots.filter((shot) => this.#embeddings.has(shot));
      return {
        name,
        enabled,
        shots: known.flatMap((shot) => this.#embeddings.get(shot) ?? []),
        thumbnails: known.map((shot) => this.thumbnail(shot)),
      };
    });
  }

  /** Drops what no undo can bring back. */
  #keepOnly(shots: readonly number[]): void {
    const kept = new Set(shots);
    for (const shot of this.#embeddings.keys()) {
      if (kept.has(shot)) continue;
      this.#embeddings.delete(shot);
      this.#thumbnails.delete(shot);
    }
  }

  /** An answer in public ids. */
  answer(answer: Answer): Answer {
    return {
      ...answer,
      best: answer.best === null ? null : this.#classes.toPublic(answer.best),
      scores: answer.scores.map((score) => ({ ...score, classId: this.#classes.toPublic(score.classId) })),
    };
  }

  /** Guidance in public ids. */
  guidance(found: Guidance): Guidance {
    const classOf = (id: number) => this.#classes.toPublic(id);
    return {
      ...found,
      classIds: found.classIds.map(classOf),
      misplaced: found.misplaced.map(({ shotId, classId, looksLike }) => ({
        shotId: this.#shots.toPublic(shotId),
        classId: classOf(classId),
        looksLike: classOf(looksLike),
      })),
      alike: found.alike.map(([first, second]) => [classOf(first), classOf(second)]),
      still: found.still.map(classOf),
    };
  }

  /** Points of the space in public ids. */
  points(points: SpacePoint[]): SpacePoint[] {
    return points.map((point) => ({
      ...point,
      classId: point.classId === null ? null : this.#classes.toPublic(point.classId),
      shotId: point.shotId === null ? null : this.#shots.toPublic(point.shotId),
    }));
  }
}

/** What the engine's `restore` takes: the shape, and all embeddings as one array in the same order. */
export function flatten(settings: Settings, classes: KShotState["classes"], dimensions: number): StoredSet {
  const count = classes.reduce((sum, { shots }) => sum + shots.length, 0);
  const embeddings = new Float32Array(count * dimensions);
  let row = 0;
  for (const { shots } of classes) for (const shot of shots) embeddings.set(shot, dimensions * row++);
  const shape = classes.map(({ name, enabled, shots }) => ({ name, enabled, shots: shots.length }));
  return { state: { settings, classes: shape }, embeddings };
}
