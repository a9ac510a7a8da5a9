/** The types of `<k-shot>`: what its attributes may be, what its events carry. */
import type { KShot } from "../kshot.ts";
import type { Answer, ErrorCode, LoadProgress } from "../types.ts";
import type { KShotElement } from "./k-shot.ts";

/** What is recognised. */
export type Task = "objects" | "face" | "draw";

/** Whether there is something to press: everything, or only the picture and the answer. */
export type Controls = "full" | "none";

/**
 * The life of an element. `poster`: nothing was loaded. `ready`: it can answer, and no camera is open.
 * `paused`: the camera was let go because the element is not on show, and opens again when it is.
 */
export type ElementState =
  | "poster"
  | "loading"
  | "ready"
  | "opening"
  | "live"
  | "frozen"
  | "paused"
  | "failed";

/** An answer as an event tells it. */
export interface Prediction {
  /** The class named; null for "none of these". */
  name: string | null;
  classId: number | null;
  /** One entry a class; `similarity` is null for methods that give none. */
  scores: { classId: number; name: string; probability: number; similarity: number | null }[];
  /** The whole answer of the engine; null for drawings. */
  answer: Answer | null;
}

/** What went wrong: the stable code, and the words that the element shows. */
export interface Problem {
  code: ErrorCode;
  /** For developers. */
  message: string;
  says: string;
  todo: string;
}

/** A shot was taken. */
export interface ShotTaken {
  classId: number;
  name: string;
  /** Null for drawings. */
  shotId: number | null;
  /** Shots that the class has now. */
  count: number;
}

/** The element's events. They do not bubble, as those of media elements do not. */
export interface KShotElementEventMap {
  /** The engine answers; `kshot` is its API. */
  ready: CustomEvent<{ kshot: KShot }>;
  progress: CustomEvent<LoadProgress>;
  shot: CustomEvent<ShotTaken>;
  prediction: CustomEvent<Prediction>;
  statechange: CustomEvent<{ state: ElementState; before: ElementState }>;
  error: CustomEvent<Problem>;
}

declare global {
  interface HTMLElementTagNameMap {
    "k-shot": KShotElement;
  }
}
