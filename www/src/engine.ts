/**
 * The wasm engine as TypeScript sees it, and the one place that instantiates it.
 *
 * Only the worker loads this file. It works with what `wasm-pack build` writes for either target:
 * `bundler` (the default) leaves instantiation to us, `web` brings `initSync`.
 */
import * as glue from "virtual:kshot-glue";
import type {
  Challenge,
  ChallengeStep,
  Enrolment,
  EnrolmentStep,
  FacesDevice,
  FacesState,
  FaceThreshold,
  Held,
  Look,
  People,
  PhotoStep,
  Rates,
  Recognition,
  ScoreDistribution,
  Verdict,
} from "./face-types.ts";
import type { Alphabet, EpisodeResult, Ink, LabTask, Reading, TaskShape } from "./lab-types.ts";
import type {
  Answer,
  BackendChoice,
  DeviceReport,
  FileKind,
  Guidance,
  KShotState,
  Settings,
  SpacePoint,
  SupportSummary,
  UndoAction,
} from "./types.ts";

/** Settings as they are in force, with the values behind `auto`. */
export type SettingsReport = Settings & { autoThreshold: number; autoTemperature: number };

/** Smallest side and most pixels of a picture that the engine takes. */
export interface PictureLimits {
  minSide: number;
  maxPixels: number;
}

/** What the worker can hand over as a frame. */
export type Frame = ImageBitmap;

/** What `restore` takes beside the embeddings, which come as one array in the same order. */
export interface StoredShape {
  settings: Settings;
  classes: { name: string; enabled: boolean; shots: number }[];
}

/** What a `.kshot` file says beside embeddings and thumbnails. */
export interface FileState extends StoredShape {
  kind: FileKind;
  embedder: { sha256: string; dimensions: number };
}

/** A thumbnail within its file. */
export interface ThumbnailPlace {
  start: number;
  end: number;
  type: string;
}

/** WebGPU, opened but not in use, or why it could not be opened. */
export interface Candidate {
  free(): void;
}

/** The support set as the engine tells it, with the shots that are gone and that undo could bring back. */
export interface EngineSupport extends SupportSummary {
  removed: number[];
}

/** The wasm engine. Ids are its own and change when it is built again; errors carry a `code`. One call at a time. */
export interface Engine {
  /** Builds WebGPU while other calls go on; a failure is carried by the candidate. */
  open_webgpu(): Promise<Candidate>;
  /** Times the candidate and adopts it, or not. Takes the candidate over. */
  choose_backend(choice: BackendChoice, candidate?: Candidate): Promise<DeviceReport>;
  report(): DeviceReport;
  embedder(): KShotState["embedder"];
  classify(source: Frame): Promise<Answer>;
  answer(): Answer | null;
  add_shot(
    classId: number,
    source: Frame,
  ): Promise<{ shotId: number; embedding: Float32Array<ArrayBuffer>; support: EngineSupport }>;
  embed(source: Frame): Promise<Float32Array<ArrayBuffer>>;
  frame_input(source: Frame): Promise<Float32Array<ArrayBuffer>>;
  /** Names the step of undo that the changes of later calls belong to. */
  take_step(step: number | undefined): void;
  add_class(name: string): { classId: number; support: EngineSupport };
  rename_class(classId: number, name: string): EngineSupport;
  enable_class(classId: number, enabled: boolean): EngineSupport;
  remove_class(classId: number): EngineSupport;
  remove_shot(shotId: number): EngineSupport;
  move_shot(shotId: number, classId: number): EngineSupport;
  clear(): EngineSupport;
  undo(step: number | undefined): { undone: UndoAction | null; support: EngineSupport };
  clear_history(): EngineSupport;
  support(): EngineSupport;
  settings(): SettingsReport;
  set_settings(settings: Partial<Settings>): SettingsReport;
  space(): SpacePoint[];
  guidance(): Guidance | null;
  restore(state: StoredShape, embeddings: Float32Array): EngineSupport;
  /** Reads the weights of the methods that have some, for every support set. */
  load_methods(weights: Uint8Array): void;
  /** Says which support set later calls are about; a new one is empty. */
  take_seat(seat: number): void;
  /** Forgets the support set that calls are about. */
  leave_seat(): void;
  append(state: StoredShape, embeddings: Float32Array): EngineSupport;
  memory(): { wasmBytes: number; gpuBytes: number | null };
  free(): void;
}

/** All methods on drawings. Errors carry a `code`. */
export interface LabEngine {
  alphabets(): Alphabet[];
  /** The support set is kept and only worked out again where it changed. */
  read(classes: Uint8Array, inks: Uint8Array, query: Ink): Reading[];
  task(shape: TaskShape): LabTask;
  measure(shape: TaskShape, number: number): EpisodeResult;
  free(): void;
}

/** An enrolment under way, for an engine that follows one that died; embeddings `[shots, 128]`. */
export interface StoredEnrolment {
  saved: { name: string; person: number | null; progress: object };
  shots: Float32Array<ArrayBuffer>;
}

/** Faces and people. `now` is in seconds, `live` a frame of a camera. Errors carry a `code`. One call at a time. */
export interface FacesEngine {
  embedder(): FacesState["embedder"];
  /** Times the candidate and adopts it, or not. Takes the candidate over. */
  choose_backend(choice: BackendChoice, candidate?: Candidate): Promise<FacesDevice>;
  /** Goes on with the CPU, since the engine has left WebGPU. */
  leave_webgpu(): FacesDevice;
  report(): FacesDevice;
  look(source: Frame, live: boolean): Promise<Look>;
  enrol_frame(source: Frame, live: boolean): Promise<EnrolmentStep>;
  challenge_frame(source: Frame, live: boolean, now: number): Promise<ChallengeStep>;
  add_photo(personId: number, source: Frame): Promise<PhotoStep>;
  start_enrolment(name?: string, personId?: number, passes?: number): Enrolment;
  finish_enrolment(): number;
  cancel_enrolment(): void;
  add_person(name: string): number;
  rename_person(personId: number, name: string): void;
  remove_person(personId: number): void;
  remove_shot(shotId: number): void;
  undo(): void;
  people(): People;
  /** `[shots, 128]`, in the order of people and shots. */
  embeddings(): Float32Array<ArrayBuffer>;
  restore(
    people: { id: number; name: string; shots: number }[],
    embeddings: Float32Array,
    resume: boolean,
  ): void;
  verify(personId: number): Verdict | null;
  recognise(): Recognition | null;
  threshold(): FaceThreshold;
  set_threshold(threshold?: number): FaceThreshold;
  scores(): ScoreDistribution;
  rates_at(threshold: number): Rates;
  start_challenge(
    personId: number | undefined,
    turns: number,
    seconds: number,
    seed: number,
    now: number,
  ): Challenge;
  end_challenge(): void;
  resume_guard(failures: number, lockedFor: number, now: number): void;
  save_enrolment(): StoredEnrolment | null;
  resume_enrolment(saved: StoredEnrolment["saved"], shots: Float32Array): void;
  held(): Held;
  forget(): Held;
  free(): void;
}

/** What the module offers. */
export interface Exports {
  Engine: new (weights: Uint8Array) => Engine;
  /** One that was given up. */
  Candidate: { failed(why: string): Candidate };
  Faces: {
    new (weights: Uint8Array): FacesEngine;
    /** On the engine's WebGPU, while other calls go on; undefined where the engine runs on the CPU. */
    open_webgpu(engine: Engine, weights: Uint8Array): Promise<Candidate> | undefined;
  };
  Lab: new (weights: Uint8Array, characters: Uint8Array) => LabEngine;
  /** The ink of a drawing, `[28 * 28]` of 0 and 1. */
  ink_of(source: Frame): Ink;
  picture_limits(): PictureLimits;
  /** `lengths` is of each thumbnail, 0 where there is none. */
  write_kshot(
    state: FileState,
    embeddings: Float32Array,
    thumbnails: Uint8Array,
    lengths: Uint32Array,
  ): Uint8Array<ArrayBuffer>;
  read_kshot(
    file: Uint8Array,
    kind: FileKind | null,
  ): {
    state: FileState;
    embeddings: Float32Array<ArrayBuffer>;
    thumbnails: (ThumbnailPlace | null)[];
  };
}

/** Instantiates the compiled module; it can then build engines. */
export function instantiate(module: WebAssembly.Module): Exports {
  const exports: Record<string, unknown> = glue;
  if (typeof exports.initSync === "function") {
    exports.initSync({ module });
  } else if (typeof exports.__wbg_set_wasm === "function") {
    const instance = new WebAssembly.Instance(module, {
      "./kshot_bg.js": exports as WebAssembly.ModuleImports,
    });
    exports.__wbg_set_wasm(instance.exports);
    (instance.exports.__wbindgen_start as () => void)();
  }
  return exports as unknown as Exports;
}
