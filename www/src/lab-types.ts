/**
 * The public types of the lab: every method of the drawing page on one support set.
 *
 * They mirror `Reading` and `Attended` of the engine (src/method.rs). A drawing is ink: 28 x 28 bytes, 0 for
 * paper and 1 for ink, row after row.
 */

/** The methods, in the order in which the lab gives them. */
export type MethodId =
  | "siamese"
  | "triplet"
  | "sphereface"
  | "cosface"
  | "arcface"
  | "prototypical"
  | "prototypical_cosine"
  | "matching"
  | "matching_context"
  | "relation"
  | "imaginary"
  | "lstm"
  | "mann"
  | "snail"
  | "autoencoder";

/** Width and height of a drawing's ink. */
export const INK_SIDE = 28;

/** A drawing: `[28 * 28]`, 0 or 1. */
export type Ink = Uint8Array<ArrayBuffer>;

/** A shot of the support set. The order of shots is the order in which methods read them. */
export interface LabShot {
  /** Any whole number; readings name classes by it. */
  classId: number;
  ink: Ink;
}

/** What one method says of a query. */
export interface Reading {
  method: MethodId;
  /** What the method's own softmax takes, one a class, in the order of `Readings.classIds`. */
  scores: number[];
  /** Softmax of the scores. */
  probabilities: number[];
  /** What the method looked at. */
  attended: Attended;
}

/** What a method looked at to find its scores. Classes and shots are places in `Readings.classIds` and in the shots given. */
export type Attended =
  | { kind: "prototypes"; distances: number[] }
  /** `attention`: weights that sum to 1; `similarity`: one a shot, the more the nearer. */
  | { kind: "shots"; weights: number[]; measure: "attention" | "similarity" }
  | { kind: "relations"; scores: number[] }
  | { kind: "imagined"; distances: number[]; points: PlanePoint[] }
  /** The weight of every memory slot, and the shot that was last written to it. */
  | { kind: "memory"; reads: number[]; writtenBy: (number | null)[] }
  /** Nothing that can be shown: a plain LSTM keeps everything in its state. */
  | { kind: "nothing" };

/** Where an embedding lies when all are drawn on a plane, -1 to 1. */
export interface PlanePoint {
  kind: "shot" | "prototype" | "imagined" | "query";
  /** Place of its class; null for the query. */
  place: number | null;
  x: number;
  y: number;
}

/** What every method says of one query. */
export interface Readings {
  /** The classes that have shots, in the order of the scores. */
  classIds: number[];
  readings: Reading[];
  /** Time in the worker, in milliseconds. */
  ms: number;
}

/** An alphabet of the sample characters. */
export interface Alphabet {
  name: string;
  characters: number;
}

/** Which episodes are drawn from the sample characters. */
export interface TaskShape {
  /** Classes, 2 to 20. */
  way: number;
  /** Shots a class. */
  shot: number;
  /** Queries a class; a character has 20 drawings, for shots and queries together. */
  queries: number;
  /** Place of an alphabet, or null for all of them mixed. */
  alphabet: number | null;
  /** The same seed gives the same tasks. */
  seed: number;
}

/** A task: for each class, its character and drawings. */
export interface LabTask {
  classes: { alphabet: string; character: number; shots: Ink[]; queries: Ink[] }[];
}

/** How many queries of one episode each method named rightly. */
export interface EpisodeResult {
  queries: number;
  right: { method: MethodId; count: number }[];
}
