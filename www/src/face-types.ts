/**
 * The public types of faces: looking, enrolment, verification, recognition and the liveness challenge.
 *
 * They mirror what `src/face/` gives. Coordinates are fractions of the whole source picture, 0 to 1 from its
 * left and top edge, not of its centre square; a face that is cut may reach outside. The picture is not
 * mirrored: "left" of a head is the person's own left, which is on the right of the picture.
 */
import type { Backend } from "./types.ts";

/** A place in the source picture, `[x, y]`, as fractions of its width and height. */
export type Place = [x: number, y: number];

/** Where a face is: fractions of the source picture's width and height. */
export interface FaceBox {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** The six keypoints in the detector's order; eyes and ears by the person's own right and left. */
export const KEYPOINTS = ["right_eye", "left_eye", "nose", "mouth", "right_ear", "left_ear"] as const;

/** A face that was found. */
export interface FoundFace {
  /** How sure the detector is, 0 to 1. */
  score: number;
  box: FaceBox;
  /** Places of `KEYPOINTS`. */
  keypoints: Place[];
}

/** How a head is turned, in degrees, estimated from six points: good for "more" and "less", not a measurement. */
export interface Pose {
  /** Above 0: turned to the person's own left. */
  yaw: number;
  /** Above 0: looks up. */
  pitch: number;
  /** Above 0: the head leans to the person's own left shoulder. */
  roll: number;
}

/** Whether a face is good enough to learn from. */
export interface FaceQuality {
  /** Width of the box in pixels of the source. */
  size: number;
  /** How sharp the aligned face is; about 1 and more is sharp. */
  sharpness: number;
  /** Mean luminance of the aligned face, 0 to 1. */
  brightness: number;
}

/** What was seen in one picture. */
export interface Look {
  /** Size of the source in pixels. */
  width: number;
  height: number;
  /** All faces, the largest first. Everything else is about the first one. */
  faces: FoundFace[];
  /** Null where there is no face. */
  pose: Pose | null;
  quality: FaceQuality | null;
  /** `[128]`, of dlib's own length, about 1.4; null where there is no face. */
  embedding: Float32Array<ArrayBuffer> | null;
  /** What to change for a better look, or `ready`. The same codes as in enrolment. */
  advice: Advice;
  /** Where the networks ran. */
  backend: Backend;
  timing: FaceTiming;
}

/** Which device the networks for faces run on, and the times of one face on each, in milliseconds. */
export interface FacesDevice {
  backend: Backend;
  /** Null where it was not measured: WebGPU is only tried where the engine runs on it. */
  cpuMs: number | null;
  webgpuMs: number | null;
}

/** Time spent in the worker, in milliseconds. */
export interface FaceTiming {
  /** Reading the picture, both passes of the detector. */
  detect: number;
  align: number;
  embed: number;
  total: number;
}

/** What to do next, one at a time, the most urgent first. */
export type Advice =
  | "no_face"
  /** More than one face, and the largest is not clearly the one meant. */
  | "several_faces"
  /** The face is cut by the edge of the picture. */
  | "half_face"
  | "come_closer"
  | "move_back"
  | "too_dark"
  | "too_bright"
  | "blurred"
  /** Turned so far that an eye is hidden. */
  | "profile"
  /** Enrolment only: not the person that the shots so far are of. Nothing is taken, and the shots are kept. */
  | "another_person"
  /** Enrolment only: the next segment that is still empty, by the person's own left and right. */
  | "turn_left"
  | "turn_right"
  | "turn_up"
  | "turn_down"
  | "look_straight"
  /** Enrolment only: in a segment that is still empty, but moving; the shot comes when the head rests. */
  | "hold_still"
  /** Enrolment only: the first of two passes is full. */
  | "pass_done"
  /** Enrolment only: everything is full; the person has been added. */
  | "done"
  /** Good to learn from. */
  | "ready";

/** A direction of the ring, which a shot of that direction fills. */
export interface Segment {
  /** `centre`, or clockwise from the top as the person sees a mirror. */
  direction:
    | "centre"
    | "up"
    | "up_right"
    | "right"
    | "down_right"
    | "down"
    | "down_left"
    | "left"
    | "up_left";
  /** Passes in which it has a shot. */
  filled: number;
}

/** How to enrol. */
export interface EnrolmentOptions {
  /** Name of a new person. */
  name?: string;
  /** Or a person who is there already, for another appearance: with glasses, with a beard. */
  personId?: number;
  /** How often the ring is gone round, 1 (default) or 2. */
  passes?: 1 | 2;
}

/** An enrolment as it stands. */
export interface Enrolment {
  name: string;
  /** The person whom this adds to; null for a new one until it is done. */
  personId: number | null;
  passes: number;
  /** From 1. */
  pass: number;
  /** `centre` first, then eight directions clockwise from `up`. */
  segments: Segment[];
  /** Place in `segments` of the one that the advice leads to; null when all are full. */
  wanted: number | null;
  /** Shots taken so far, of all passes. */
  shots: number;
  done: boolean;
}

/** What one frame did for an enrolment. */
export interface EnrolmentStep {
  look: Look;
  enrolment: Enrolment;
  /** Place in `segments` of the shot that was taken of this frame, or null. */
  taken: number | null;
  /** Place in `segments` that the head points at, or null. */
  at: number | null;
  advice: Advice;
}

/** What one photo did for a person. */
export interface PhotoStep {
  look: Look;
  /** Whether the photo was added. */
  taken: boolean;
  /** Why not, or `ready`. */
  advice: Advice;
}

/** A person, as the page shows it. */
export interface Person {
  id: number;
  name: string;
  /** Ids of the shots, oldest first. */
  shots: number[];
}

/** All people, without their embeddings. */
export interface People {
  people: Person[];
  /** What `undo` would take back, or null. */
  undo: "add_person" | "remove_person" | "rename_person" | "add_shots" | "remove_shot" | "restore" | null;
}

/** Verification: is it this person? */
export interface Verdict {
  personId: number;
  /** Whether `similarity` reaches `threshold`. */
  same: boolean;
  /** 1 less the distance of the face and the person's mean shot: at most 1, strangers about 0.2. */
  similarity: number;
  threshold: number;
}

/** Recognition: which of the people is it? */
export interface Recognition {
  /** The most alike person, if that reaches the threshold; null for none of them. */
  best: number | null;
  /** One a person with shots, the most alike first. */
  scores: { personId: number; name: string; similarity: number }[];
  threshold: number;
}

/** What a threshold costs, by the shipped distribution. Shares of 0 to 1. */
export interface Rates {
  /** Share of strangers let in. */
  falseAccept: number;
  /** Share of owners shut out. */
  falseReject: number;
}

/** The threshold in force. */
export interface FaceThreshold extends Rates {
  /** A similarity, -1 to 1. */
  threshold: number;
  /** Whether it is the shipped one. */
  auto: boolean;
}

/** The scores of a public set that ship with the app: where genuine and impostor pairs lie. */
export interface ScoreDistribution {
  /** Which set, in words for people. */
  set: string;
  people: number;
  pictures: number;
  genuinePairs: number;
  impostorPairs: number;
  /** Similarity at the lower edge of the first bin and the width of all; counts are one a bin. */
  low: number;
  step: number;
  genuine: number[];
  impostor: number[];
  /** Rates at every edge of a bin, from `low` on: `bins + 1` entries, for ROC and DET curves. */
  rates: Rates[];
  equalErrorRate: number;
  equalErrorThreshold: number;
  /** What `auto` stands for, and the false accept rate that it was chosen for. */
  autoThreshold: number;
}

/** How to ask for signs of life. */
export interface ChallengeOptions {
  /** Whose face it must be; without one it must only stay the same face. */
  personId?: number;
  /** Turns to make, 1 to 8, 2 where not said. */
  turns?: number;
  /** Seconds for all of them, up to 120, 10 where not said. */
  seconds?: number;
}

/** A liveness challenge as it stands. It is a lesson, not a lock: a video can fool it. */
export interface Challenge {
  /** `centre`: waits for the face to look straight ahead: at first, between two turns and at the end. */
  state: "centre" | "turn" | "passed" | "failed" | "locked";
  /** Turns to make in this order, by the person's own left and right. */
  turns: ("left" | "right")[];
  /** Turns made. */
  made: number;
  /** Until time is up. */
  secondsLeft: number;
  /** Why it failed; null otherwise. */
  failure: "too_late" | "wrong_way" | "another_person" | "no_face" | null;
  /** Failures in a row; five lock. */
  failures: number;
  /** Until a lock ends; 0 where there is none. */
  lockedFor: number;
}

/** What one frame did for a challenge. */
export interface ChallengeStep {
  look: Look;
  challenge: Challenge;
}

/** What the engine holds of anyone: all 0 and false after `forgetEverything`. */
export interface Held {
  people: number;
  /** Embeddings of people's shots. */
  shots: number;
  /** Changes that undo could take back, which hold embeddings too. */
  undo: number;
  /** Embeddings of an enrolment that is under way. */
  enrolmentShots: number;
  /** Whether the last look's embedding is kept. */
  lastLook: boolean;
  /** Whether a challenge is under way. */
  challenge: boolean;
  /** Bytes of all embeddings among these. */
  bytes: number;
}

/** People with their embeddings, for a page that asks first and then keeps them. */
export interface FacesState {
  format: "kshot-faces";
  version: 1;
  embedder: { name: string; sha256: string; dimensions: number };
  people: { id: number; name: string; shots: Float32Array[] }[];
}
