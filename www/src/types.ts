/**
 * The public types of kshot: what goes into the engine and what comes out.
 * Lengths are in CSS pixels where not said otherwise, times in milliseconds.
 */

/** Where the embedder runs. */
export type Backend = "webgpu" | "cpu";

/** `auto` times both after a warm-up and keeps the faster. */
export type BackendChoice = "auto" | Backend;

/** How two embeddings are compared. `matching` takes the cosine, whatever is set, and `ridge` neither. */
export type Metric = "euclidean" | "cosine";

/**
 * How a query is compared with the shots, by methods that need no weights of their own: with what tells the
 * classes apart, from each other and from other things, with the mean of each class's shots, with the nearest shot, or with all shots, the nearer the more.
 */
export type Comparison = "ridge" | "prototypical" | "siamese" | "matching";

/**
 * Methods with weights of their own, which `KShot.loadMethods` fetches. They name the class and give the
 * probabilities; similarities, and so "none of these" and the guidance, are those of `ridge`.
 */
export type TrainedMethod = "matching_context" | "relation" | "imaginary" | "mann" | "snail";

/** What a query is answered by. */
export type Method = Comparison | TrainedMethod;

/** The life of an engine. `recovering`: the device or the worker was lost and is being rebuilt. */
export type EngineStatus = "idle" | "loading" | "ready" | "recovering" | "failed";

/** A picture the engine can embed. A `Blob` is decoded with its EXIF orientation applied. */
export type FrameSource =
  | HTMLVideoElement
  | HTMLImageElement
  | HTMLCanvasElement
  | OffscreenCanvas
  | ImageBitmap
  | ImageData
  | VideoFrame
  | Blob;

/** One step of loading. `loaded` and `total` are bytes; `total` is 0 where the server does not say. */
export interface LoadProgress {
  step: "module" | "weights" | "build" | "warmup" | "measure";
  loaded: number;
  total: number;
}

/** Which device is used, and what was measured to choose it. */
export interface DeviceReport {
  backend: Backend;
  choice: BackendChoice;
  /** Median time of one embedding on the CPU, after a warm-up; null where it was not measured. */
  cpuMs: number | null;
  /** The same on WebGPU; null where there is none or it was not measured. */
  webgpuMs: number | null;
  /** The WebGPU adapter's own name; null without one. */
  adapter: string | null;
  /** Why WebGPU is not in use, in words; null while it is, or where it only was slower. */
  webgpuProblem: string | null;
}

/** A class of the support set, as the page shows it. */
export interface ClassSummary {
  id: number;
  name: string;
  enabled: boolean;
  /** Ids of its shots, oldest first. */
  shots: number[];
}

/** The support set without its embeddings. */
export interface SupportSummary {
  classes: ClassSummary[];
  /** The step that `undo` would take back, the one that began last; null where there is none. */
  undo: { step: number; action: UndoAction } | null;
}

/** How a change is made. */
export interface ChangeOptions {
  /**
   * The step that it belongs to, from `newStep`: changes of one step are taken back together, also where others were
   * made between them. Without one, a change is a step of its own.
   */
  step?: number;
}

/** What a step is called after: the weightiest of its changes, here from the lightest on. */
export type UndoAction =
  | "enable_class"
  | "rename_class"
  | "remove_class"
  | "add_class"
  | "remove_shot"
  | "move_shot"
  | "add_shot"
  | "append"
  | "clear"
  | "restore";

/** A class with its agreement with the query. */
export interface ClassScore {
  classId: number;
  name: string;
  /** -1 to 1; 1 is the prototype, or the nearest shot, itself. Cosine, or 1 - d²/2 for the squared Euclidean distance d². */
  similarity: number;
  /** Softmax over the enabled classes, 0 to 1. */
  probability: number;
}

/** What the engine says of one query. */
export interface Answer {
  /** One entry for each enabled class with at least one shot, in the order of the classes. */
  scores: ClassScore[];
  /** The class named, or null for "none of these" and for an empty support set. */
  best: number | null;
  /** `similarity` while a class has a single shot: there percentages would promise too much. */
  scale: "probability" | "similarity";
  /** Similarity under which the answer is "none of these". */
  threshold: number;
  timing: FrameTiming;
}

/** Time spent on one query, in milliseconds. */
export interface FrameTiming {
  /** Crop, resize, normalise. On WebGPU it is only submitted here and runs within `embed`. */
  frame: number;
  /** Forward pass and readback. */
  embed: number;
  /** Prototypes, softmax, decision. */
  head: number;
  /** From the worker taking the frame to its answer. */
  total: number;
}

export interface Settings {
  method: Method;
  metric: Metric;
  /** Softmax temperature in units of the squared distance; `auto` is the shipped value for the method, the classes and the shots. */
  temperature: number | "auto";
  /** Similarity, -1 to 1; `auto` follows the support set by leave-one-out. */
  threshold: number | "auto";
}

/** Where a class, its shots and the query lie when the embeddings are drawn on a plane. */
export interface SpacePoint {
  kind: "shot" | "prototype" | "query";
  classId: number | null;
  shotId: number | null;
  /** Coordinates in -1 to 1. */
  x: number;
  y: number;
}

/** What the support set says of itself: every shot is asked about as if it were a query, with itself left out. */
export interface Guidance {
  /** The classes that take part in answers, in their order. */
  classIds: number[];
  /** How often each answer was given: a row for each class, a column for each answer, "none of these" the last. */
  confusion: number[][];
  /** Shots that were asked about, and how many were named rightly. A class's only shot is not asked about. */
  asked: number;
  right: number;
  /** Shots that look more like another class than like the others of their own. */
  misplaced: { shotId: number; classId: number; looksLike: number }[];
  /** Pairs of classes that are hard to tell apart. */
  alike: [number, number][];
  /** Classes in whose last eight shots nothing moved. */
  still: number[];
}

/** Everything needed to go on later: keep it in IndexedDB or post it to another page. */
export interface KShotState {
  format: "kshot-state";
  version: 1;
  embedder: { name: string; sha256: string; dimensions: number };
  settings: Settings;
  classes: {
    name: string;
    enabled: boolean;
    /** L2-normalised embeddings, one a shot. */
    shots: Float32Array[];
    /** A small picture of each shot, in the same order; null where there is none. */
    thumbnails?: (Blob | null)[];
  }[];
}

/** What the shots of a `.kshot` file are. */
export type FileKind = "objects" | "faces" | "drawings";

/** Whether saved work takes the place of what there is, settings too, or its classes come after those there are. */
export type ImportMode = "replace" | "add";

/** How saved work is taken in. */
export interface ImportOptions extends ChangeOptions {
  /** `replace` where it is not said. */
  mode?: ImportMode;
  /** Called for each shot that is embedded anew. */
  onProgress?(done: number, total: number): void;
}

/** What came of taking saved work in. */
export interface ImportReport {
  classes: number;
  shots: number;
  /** Shots whose embedding is of another network, embedded anew from their thumbnails. */
  embeddedAnew: number;
  /** Shots of another network without a thumbnail that can be read: they are left out. */
  lost: number;
}

/** Stable codes of every error that kshot throws. */
export type ErrorCode =
  | "weights_unavailable"
  | "weights_damaged"
  | "characters_unavailable"
  | "characters_damaged"
  | "drawing_empty"
  | "episode_impossible"
  | "person_unknown"
  | "enrolment_missing"
  | "challenge_missing"
  | "code_unavailable"
  | "module_unavailable"
  | "wasm_unsupported"
  | "wasm_forbidden"
  | "simd_unsupported"
  | "webgpu_unavailable"
  | "device_lost"
  | "engine_crashed"
  | "disposed"
  | "picture_unreadable"
  | "picture_too_small"
  | "picture_too_large"
  | "video_not_ready"
  | "embedding_invalid"
  | "class_unknown"
  | "shot_unknown"
  | "name_empty"
  | "too_many_classes"
  | "too_many_shots"
  | "method_takes_fewer"
  | "setting_invalid"
  | "state_invalid"
  | "state_other_embedder"
  | "name_too_long"
  | "file_unavailable"
  | "file_not_kshot"
  | "file_version"
  | "file_cut_off"
  | "file_damaged"
  | "file_invalid"
  | "file_too_large"
  | "file_other_kind"
  | "storage_full"
  | "storage_unavailable"
  | "zip_unreadable"
  | "zip_too_large"
  | "camera_denied"
  | "camera_missing"
  | "camera_busy"
  | "camera_unplugged"
  | "camera_insecure"
  | "camera_not_delegated"
  | "camera_forbidden"
  | "camera_failed";
