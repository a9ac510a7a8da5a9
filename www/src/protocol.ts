/**
 * The messages between the page and its worker: one request, one reply, each with the same id.
 *
 * Everything here survives structured cloning. Ids of classes and shots are the engine's own; the
 * page's side maps them (support-mirror.ts).
 */
import type {
  EngineSupport,
  FileState,
  Frame,
  PictureLimits,
  SettingsReport,
  StoredEnrolment,
  StoredShape,
} from "./engine.ts";
import type { PackedError } from "./errors.ts";
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
  LoadProgress,
  Settings,
  SpacePoint,
  UndoAction,
} from "./types.ts";

/** The support set after a change, with the settings, whose automatic values follow it. */
export interface SupportReply {
  support: EngineSupport;
  settings: SettingsReport;
}

/** The step of undo that a change belongs to. */
interface InStep {
  step: number;
}

/** A support set as a worker takes it: its shape, and all embeddings in the same order. */
export interface StoredSet {
  state: StoredShape;
  embeddings: Float32Array<ArrayBuffer>;
}

/** People as a worker takes them: how many shots each has, and all embeddings in the same order. */
export interface StoredPeople {
  people: { id: number; name: string; shots: number }[];
  embeddings: Float32Array<ArrayBuffer>;
}

/** Everyone after a change, with all embeddings in the order of people and shots. */
export interface PeopleReply {
  people: People;
  embeddings: Float32Array<ArrayBuffer>;
}

/** What an engine is given that follows one that died. */
export interface StoredFaces extends StoredPeople {
  threshold: number | undefined;
  enrolment: StoredEnrolment | null;
  /** Of liveness challenges in a row, and seconds until a lock ends. */
  failures: number;
  lockedFor: number;
}

/** The faces as they are loaded. */
export interface FacesReport extends PeopleReply {
  embedder: FacesState["embedder"];
  device: FacesDevice;
  threshold: FaceThreshold;
}

/** Every call that the worker answers: what goes in, what comes out. */
export interface Calls {
  load: {
    args: { module: WebAssembly.Module; weights: ArrayBuffer };
    result: SupportReply & {
      device: DeviceReport;
      embedder: KShotState["embedder"];
      limits: PictureLimits;
    };
  };
  choose_backend: { args: { choice: BackendChoice }; result: DeviceReport };
  classify: { args: { frame: Frame }; result: Answer };
  answer: { args: null; result: Answer | null };
  add_shot: {
    args: { classId: number; frame: Frame } & InStep;
    result: SupportReply & { shotId: number; embedding: Float32Array<ArrayBuffer> };
  };
  embed: { args: { frame: Frame }; result: Float32Array<ArrayBuffer> };
  frame_input: { args: { frame: Frame }; result: Float32Array<ArrayBuffer> };
  add_class: { args: { name: string } & InStep; result: SupportReply & { classId: number } };
  rename_class: { args: { classId: number; name: string } & InStep; result: SupportReply };
  enable_class: { args: { classId: number; enabled: boolean } & InStep; result: SupportReply };
  remove_class: { args: { classId: number } & InStep; result: SupportReply };
  remove_shot: { args: { shotId: number } & InStep; result: SupportReply };
  move_shot: { args: { shotId: number; classId: number } & InStep; result: SupportReply };
  clear: { args: InStep; result: SupportReply };
  undo: { args: Partial<InStep>; result: SupportReply & { undone: UndoAction | null } };
  clear_history: { args: null; result: SupportReply };
  set_settings: { args: { settings: Partial<Settings> }; result: SettingsReport };
  space: { args: null; result: SpacePoint[] };
  guidance: { args: null; result: Guidance | null };
  restore: { args: StoredSet & InStep; result: SupportReply };
  leave_seat: { args: null; result: null };
  append: { args: StoredSet & InStep; result: SupportReply };
  write_file: {
    args: { state: FileState; embeddings: Float32Array<ArrayBuffer>; thumbnails: (Blob | null)[] };
    result: { file: Blob };
  };
  read_file: {
    args: { file: Blob; kind: FileKind | null };
    result: { state: FileState; embeddings: Float32Array<ArrayBuffer>; thumbnails: (Blob | null)[] };
  };
  methods_load: { args: { weights: ArrayBuffer }; result: null };
  memory: { args: null; result: { wasmBytes: number; gpuBytes: number | null } };
  lab_load: {
    args: { weights: ArrayBuffer; characters: ArrayBuffer };
    result: { alphabets: Alphabet[] };
  };
  lab_ink: { args: { frame: Frame }; result: Ink };
  /** `classes` has the place of each shot's class, `inks` the shots one after another. */
  lab_read: {
    args: { classes: Uint8Array; inks: Uint8Array; query: Ink };
    result: { readings: Reading[]; ms: number };
  };
  lab_task: { args: { shape: TaskShape }; result: LabTask };
  faces_load: { args: { weights: ArrayBuffer } & StoredFaces; result: FacesReport };
  /** With the weights where the engine runs on WebGPU. */
  faces_choose_backend: { args: { choice: BackendChoice; weights: ArrayBuffer | null }; result: FacesDevice };
  /** `live`: a frame of a camera. */
  faces_look: { args: { frame: Frame; live: boolean }; result: Look };
  /** With the people where the last shot added one, and what is to be kept where one was taken. */
  faces_enrol_frame: {
    args: { frame: Frame; live: boolean };
    result: { step: EnrolmentStep; added: PeopleReply | null; stored: StoredEnrolment | null };
  };
  faces_challenge_frame: { args: { frame: Frame; live: boolean }; result: ChallengeStep };
  faces_add_photo: { args: { personId: number; frame: Frame }; result: PeopleReply & { step: PhotoStep } };
  faces_start_enrolment: {
    args: { name: string | undefined; personId: number | undefined; passes: number };
    result: { enrolment: Enrolment; stored: StoredEnrolment | null };
  };
  faces_finish_enrolment: { args: null; result: PeopleReply & { personId: number } };
  faces_cancel_enrolment: { args: null; result: null };
  faces_add_person: { args: { name: string }; result: PeopleReply & { personId: number } };
  faces_rename_person: { args: { personId: number; name: string }; result: PeopleReply };
  faces_remove_person: { args: { personId: number }; result: PeopleReply };
  faces_remove_shot: { args: { shotId: number }; result: PeopleReply };
  faces_undo: { args: null; result: PeopleReply };
  faces_restore: { args: StoredPeople; result: PeopleReply };
  faces_verify: { args: { personId: number }; result: Verdict | null };
  faces_recognise: { args: null; result: Recognition | null };
  faces_set_threshold: { args: { threshold: number | undefined }; result: FaceThreshold };
  faces_scores: { args: null; result: ScoreDistribution };
  faces_rates_at: { args: { threshold: number }; result: Rates };
  faces_start_challenge: {
    args: { personId: number | undefined; turns: number; seconds: number; seed: number };
    result: Challenge;
  };
  faces_end_challenge: { args: null; result: null };
  faces_held: { args: null; result: Held };
  faces_forget: { args: null; result: PeopleReply & { held: Held } };
  lab_measure: { args: { shape: TaskShape; number: number }; result: EpisodeResult };
}

/** The name of a call. */
export type Call = keyof Calls;

/** A call on its way to the worker; `seat` is the number of the support set that it is about. */
export type Request = { [C in Call]: { id: number; seat: number; call: C; args: Calls[C]["args"] } }[Call];

/** What the worker posts. `panic` comes from the engine's panic hook, at any time. */
export type WorkerMessage =
  | { type: "result"; id: number; result: unknown }
  | { type: "error"; id: number; error: PackedError }
  | { type: "progress"; progress: LoadProgress }
  | { type: "panic"; message: string };
