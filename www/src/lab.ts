/**
 * The lab: every method on one support set of drawings, in the engine's worker. `KShot.openLab` makes it.
 *
 * It keeps nothing of a support set: each call brings its own, and the engine works out again only what
 * changed. So a worker that dies loses nothing here; the session loads the files into the next one.
 */

import weightsFile from "../../weights/drawings.safetensors?url";
import charactersFile from "../../weights/omniglot-test.characters?url";
import { fileAt } from "./base-url.ts";
import { fetchWeights } from "./download.ts";
import type { Alphabet, EpisodeResult, Ink, LabShot, LabTask, Readings, TaskShape } from "./lab-types.ts";
import { INK_SIDE } from "./lab-types.ts";
import type { Session } from "./session.ts";
import { takeFrame } from "./sources.ts";
import type { FrameSource } from "./types.ts";

/** How to open the lab; everything has a default. */
export interface LabOptions {
  /** Where the methods' weights are, if not beside this script. Their SHA-256 is checked. */
  weightsUrl?: string;
  /** Where the sample characters are, if not beside this script. Their SHA-256 is checked. */
  charactersUrl?: string;
  /** Bytes of both files as they come; `total` is 0 where it is not known. */
  onProgress?(loaded: number, total: number): void;
}

/** All methods of the lecture on one support set of drawings. */
export class Lab {
  readonly #session: Session;
  /** Alphabets of the sample characters. */
  readonly alphabets: readonly Alphabet[];

  private constructor(session: Session, alphabets: Alphabet[]) {
    this.#session = session;
    this.alphabets = alphabets;
  }

  /** See `KShot.openLab`. */
  static async open(session: Session, options: LabOptions): Promise<Lab> {
    const counts = [
      { loaded: 0, total: 0 },
      { loaded: 0, total: 0 },
    ] as const;
    const count = (file: 0 | 1) => (loaded: number, total: number) => {
      Object.assign(counts[file], { loaded, total });
      const [a, b] = counts;
      options.onProgress?.(a.loaded + b.loaded, a.total > 0 && b.total > 0 ? a.total + b.total : 0);
    };
    const own = <T>(url: string | undefined, bytes: T) => (url === undefined ? bytes : 0);
    const [weights, characters] = await Promise.all([
      fetchWeights(
        options.weightsUrl ?? fileAt(weightsFile),
        own(options.weightsUrl, __LAB_BYTES__.weights),
        count(0),
      ),
      fetchWeights(
        options.charactersUrl ?? fileAt(charactersFile),
        own(options.charactersUrl, __LAB_BYTES__.characters),
        count(1),
        "characters_unavailable",
      ),
    ]);
    const { alphabets } = await session.loadLab({ weights, characters });
    return new Lab(session, alphabets);
  }

  /**
   * The ink of a drawing, `[28 * 28]`: of a pad's canvas, or of a photo of a drawing. Moved to the middle,
   * scaled and thinned as Omniglot's drawings are. Throws `drawing_empty` where nothing is drawn, and as
   * `KShot.classify` does.
   */
  async inkOf(source: FrameSource): Promise<Ink> {
    await this.#session.usable();
    const frame = await takeFrame(source, this.#session.limits);
    try {
      return await this.#session.call("lab_ink", () => ({ frame }), [frame]);
    } finally {
      frame.close();
    }
  }

  /**
   * What every method says of a drawing. Shots are read in the order given. Throws `embedding_invalid` for
   * an empty support set and `too_many_classes` for more than 20.
   *
   * @example
   * const { classIds, readings } = await lab.read(shots, await lab.inkOf(canvas));
   * for (const { method, probabilities } of readings)
   *   console.log(method, classIds[probabilities.indexOf(Math.max(...probabilities))]);
   */
  async read(shots: readonly LabShot[], query: Ink): Promise<Readings> {
    const classIds = [...new Set(shots.map(({ classId }) => classId))].sort((a, b) => a - b);
    const classes = Uint8Array.from(shots, ({ classId }) => classIds.indexOf(classId));
    const inks = new Uint8Array(shots.length * INK_SIDE * INK_SIDE);
    for (const [i, { ink }] of shots.entries()) inks.set(ink, i * INK_SIDE * INK_SIDE);
    const { readings, ms } = await this.#session.call("lab_read", () => ({ classes, inks, query }));
    return { classIds, readings, ms };
  }

  /** Draws a task from the sample characters, which no method was trained on. Throws `episode_impossible`. */
  task(shape: TaskShape): Promise<LabTask> {
    return this.#session.call("lab_task", () => ({ shape }));
  }

  /**
   * Measures every method on one test episode; `number` says which, and the same number is the same episode.
   * One call at a time: frames and readings go on between them. Throws `episode_impossible`.
   */
  measure(shape: TaskShape, number: number): Promise<EpisodeResult> {
    return this.#session.call("lab_measure", () => ({ shape, number }));
  }
}
