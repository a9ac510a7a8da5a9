/**
 * The worker that holds the engine, so that the page never waits for a network.
 *
 * It answers calls one for one and keeps nothing but the engine. A trap makes the module useless:
 * the page then ends this worker and starts another.
 */
import {
  type Candidate,
  type Engine,
  type EngineSupport,
  type Exports,
  type FacesEngine,
  instantiate,
  type LabEngine,
  type ThumbnailPlace,
} from "./engine.ts";
import { messageOf, packError } from "./errors.ts";
import type { Call, Calls, PeopleReply, Request, SupportReply, WorkerMessage } from "./protocol.ts";
import type { LoadProgress } from "./types.ts";

/** The media type of a `.kshot` file. */
const FILE_TYPE = "application/x-kshot";

/** A GPU that is not open by then is given up; a software adapter takes a few seconds. */
const OPENING_MS = 60_000;

type Handlers = { [C in Call]: (args: Calls[C]["args"]) => Calls[C]["result"] | Promise<Calls[C]["result"]> };

let exports: Exports | null = null;
let built: Engine | null = null;
let lab: LabEngine | null = null;
let faces: FacesEngine | null = null;
// The engine takes one call at a time, also where a call waits for the GPU.
let lane: Promise<void> = Promise.resolve();
// Choices of a device come one after the other, so that the last one stands.
let choosing: Promise<void> = Promise.resolve();
let candidate: Candidate | undefined;
let facesCandidate: Candidate | undefined;

function takeCandidate(): Candidate | undefined {
  const taken = candidate;
  candidate = undefined;
  return taken;
}

function takeFacesCandidate(): Candidate | undefined {
  const taken = facesCandidate;
  facesCandidate = undefined;
  return taken;
}

function engine(): Engine {
  return loaded(built);
}

function loaded<T>(part: T | null): T {
  if (part === null) throw Object.assign(new Error("the engine is not loaded"), { code: "engine_crashed" });
  return part;
}

function withSettings(support: EngineSupport): SupportReply {
  return { support, settings: engine().settings() };
}

function everyone(): PeopleReply {
  return { people: loaded(faces).people(), embeddings: loaded(faces).embeddings() };
}

function seconds(): number {
  return performance.now() / 1000;
}

const handlers: Handlers = {
  load: ({ module, weights }) => {
    postProgress({ step: "build", loaded: 0, total: 0 });
    exports = instantiate(module);
    built = new exports.Engine(new Uint8Array(weights));
    return {
      ...withSettings(built.support()),
      device: built.report(),
      embedder: built.embedder(),
      limits: exports.picture_limits(),
    };
  },
  choose_backend: async ({ choice }) => {
    try {
      return await engine().choose_backend(choice, takeCandidate());
    } finally {
      // Its device ends with it, and what else runs there.
      if (engine().report().backend === "cpu") faces?.leave_webgpu();
    }
  },
  classify: ({ frame }) => engine().classify(frame),
  answer: () => engine().answer(),
  add_shot: async ({ classId, frame }) => {
    const { shotId, embedding, support } = await engine().add_shot(classId, frame);
    return { shotId, embedding, ...withSettings(support) };
  },
  embed: ({ frame }) => engine().embed(frame),
  frame_input: ({ frame }) => engine().frame_input(frame),
  add_class: ({ name }) => {
    const { classId, support } = engine().add_class(name);
    return { classId, ...withSettings(support) };
  },
  rename_class: ({ classId, name }) => withSettings(engine().rename_class(classId, name)),
  enable_class: ({ classId, enabled }) => withSettings(engine().enable_class(classId, enabled)),
  remove_class: ({ classId }) => withSettings(engine().remove_class(classId)),
  remove_shot: ({ shotId }) => withSettings(engine().remove_shot(shotId)),
  move_shot: ({ shotId, classId }) => withSettings(engine().move_shot(shotId, classId)),
  clear: () => withSettings(engine().clear()),
  undo: ({ step }) => {
    const { undone, support } = engine().undo(step);
    return { undone, ...withSettings(support) };
  },
  clear_history: () => withSettings(engine().clear_history()),
  set_settings: ({ settings }) => engine().set_settings(settings),
  space: () => engine().space(),
  guidance: () => engine().guidance(),
  restore: ({ state, embeddings }) => withSettings(engine().restore(state, embeddings)),
  append: ({ state, embeddings }) => withSettings(engine().append(state, embeddings)),
  write_file: async ({ state, embeddings, thumbnails }) => {
    const bytes = await Promise.all(thumbnails.map((one) => one?.arrayBuffer()));
    const lengths = Uint32Array.from(bytes, (one) => one?.byteLength ?? 0);
    const all = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
    let at = 0;
    for (const one of bytes) {
      if (one === undefined) continue;
      all.set(new Uint8Array(one), at);
      at += one.byteLength;
    }
    const file = loaded(exports).write_kshot(state, embeddings, all, lengths);
    return { file: new Blob([file], { type: FILE_TYPE }) };
  },
  read_file: async ({ file, kind }) => {
    const bytes = new Uint8Array(await readBytes(file));
    const { state, embeddings, thumbnails } = loaded(exports).read_kshot(bytes, kind);
    const blobOf = ({ start, end, type }: ThumbnailPlace) => new Blob([bytes.subarray(start, end)], { type });
    return { state, embeddings, thumbnails: thumbnails.map((place) => place && blobOf(place)) };
  },
  leave_seat: () => {
    engine().leave_seat();
    return null;
  },
  methods_load: ({ weights }) => {
    engine().load_methods(new Uint8Array(weights));
    return null;
  },
  memory: () => engine().memory(),
  lab_load: ({ weights, characters }) => {
    const next = new (loaded(exports).Lab)(new Uint8Array(weights), new Uint8Array(characters));
    lab?.free();
    lab = next;
    return { alphabets: lab.alphabets() };
  },
  lab_ink: ({ frame }) => loaded(exports).ink_of(frame),
  lab_read: ({ classes, inks, query }) => {
    const start = performance.now();
    const readings = loaded(lab).read(classes, inks, query);
    return { readings, ms: performance.now() - start };
  },
  lab_task: ({ shape }) => loaded(lab).task(shape),
  lab_measure: ({ shape, number }) => loaded(lab).measure(shape, number),
  faces_load: ({ weights, people, embeddings, threshold, enrolment, failures, lockedFor }) => {
    const next = new (loaded(exports).Faces)(new Uint8Array(weights));
    if (people.length > 0) next.restore(people, embeddings, true);
    if (enrolment !== null) next.resume_enrolment(enrolment.saved, enrolment.shots);
    next.set_threshold(threshold);
    next.resume_guard(failures, lockedFor, seconds());
    faces?.free();
    faces = next;
    return {
      ...everyone(),
      embedder: faces.embedder(),
      threshold: faces.threshold(),
      device: faces.report(),
    };
  },
  faces_choose_backend: ({ choice }) => loaded(faces).choose_backend(choice, takeFacesCandidate()),
  faces_look: ({ frame, live }) => loaded(faces).look(frame, live),
  faces_enrol_frame: async ({ frame, live }) => {
    const step = await loaded(faces).enrol_frame(frame, live);
    const stored = step.taken === null ? null : loaded(faces).save_enrolment();
    return { step, added: step.enrolment.done ? everyone() : null, stored };
  },
  faces_challenge_frame: ({ frame, live }) => loaded(faces).challenge_frame(frame, live, seconds()),
  faces_add_photo: async ({ personId, frame }) => {
    const step = await loaded(faces).add_photo(personId, frame);
    return { step, ...everyone() };
  },
  faces_start_enrolment: ({ name, personId, passes }) => {
    const enrolment = loaded(faces).start_enrolment(name, personId, passes);
    return { enrolment, stored: loaded(faces).save_enrolment() };
  },
  faces_finish_enrolment: () => {
    const personId = loaded(faces).finish_enrolment();
    return { personId, ...everyone() };
  },
  faces_cancel_enrolment: () => {
    loaded(faces).cancel_enrolment();
    return null;
  },
  faces_add_person: ({ name }) => {
    const personId = loaded(faces).add_person(name);
    return { personId, ...everyone() };
  },
  faces_rename_person: ({ personId, name }) => {
    loaded(faces).rename_person(personId, name);
    return everyone();
  },
  faces_remove_person: ({ personId }) => {
    loaded(faces).remove_person(personId);
    return everyone();
  },
  faces_remove_shot: ({ shotId }) => {
    loaded(faces).remove_shot(shotId);
    return everyone();
  },
  faces_undo: () => {
    loaded(faces).undo();
    return everyone();
  },
  faces_restore: ({ people, embeddings }) => {
    loaded(faces).restore(people, embeddings, false);
    return everyone();
  },
  faces_verify: ({ personId }) => loaded(faces).verify(personId),
  faces_recognise: () => loaded(faces).recognise(),
  faces_set_threshold: ({ threshold }) => loaded(faces).set_threshold(threshold),
  faces_scores: () => loaded(faces).scores(),
  faces_rates_at: ({ threshold }) => loaded(faces).rates_at(threshold),
  faces_start_challenge: ({ personId, turns, seconds: limit, seed }) =>
    loaded(faces).start_challenge(personId, turns, limit, seed, seconds()),
  faces_end_challenge: () => {
    loaded(faces).end_challenge();
    return null;
  },
  faces_held: () => loaded(faces).held(),
  faces_forget: () => {
    const held = loaded(faces).forget();
    return { held, ...everyone() };
  },
};

async function readBytes(file: Blob): Promise<ArrayBuffer> {
  try {
    return await file.arrayBuffer();
  } catch (error) {
    // A file on a disk can be gone, or changed, by the time it is read.
    throw Object.assign(new Error(messageOf(error)), { code: "file_unavailable" });
  }
}

async function answerCall({ id, seat, call, args }: Request): Promise<void> {
  try {
    built?.take_seat(seat);
    built?.take_step(args !== null && "step" in args ? args.step : undefined);
    const handle = handlers[call] as (given: typeof args) => unknown;
    post({ type: "result", id, result: await handle(args) });
  } catch (thrown) {
    post({ type: "error", id, error: packError(thrown) });
  } finally {
    if (args !== null && "frame" in args) args.frame.close();
  }
}

function post(message: WorkerMessage): void {
  self.postMessage(message);
}

function postProgress(progress: LoadProgress): void {
  post({ type: "progress", progress });
}

/**
 * Starts something in its turn, and waits for what was started beside the lane, so that frames are answered meanwhile:
 * WebGPU is opened so; only timing it needs the engine.
 */
async function beside<T>(start: () => Promise<T> | undefined): Promise<T | undefined> {
  const started = lane.then(() => ({ opening: start() }));
  lane = started.then(() => {});
  return (await started).opening;
}

/** A driver may never answer; what comes of it later is freed. */
async function inTime(opening: Promise<Candidate>): Promise<Candidate> {
  const late = new Promise<null>((resolve) => setTimeout(resolve, OPENING_MS, null));
  const opened = await Promise.race([opening, late]);
  if (opened !== null) return opened;
  void opening.then((candidate) => candidate.free());
  return loaded(exports).Candidate.failed(`it is not open after ${OPENING_MS / 1000} s`);
}

async function openWebgpu(): Promise<void> {
  const opened = await beside(() => {
    if (built === null || built.report().backend === "webgpu") return;
    postProgress({ step: "measure", loaded: 0, total: 0 });
    return inTime(built.open_webgpu());
  });
  takeCandidate()?.free();
  candidate = opened;
}

async function openFacesWebgpu(weights: ArrayBuffer): Promise<void> {
  const opened = await beside(() => {
    if (exports === null || built === null || faces?.report().backend === "webgpu") return;
    return exports.Faces.open_webgpu(built, new Uint8Array(weights));
  });
  takeFacesCandidate()?.free();
  facesCandidate = opened;
}

function enqueue(request: Request): Promise<void> {
  lane = lane.then(() => answerCall(request));
  return lane;
}

self.onmessage = ({ data }: MessageEvent<Request>) => {
  if (data.call === "choose_backend") {
    const { choice } = data.args;
    choosing = choosing.then(async () => {
      if (choice !== "cpu") await openWebgpu();
      await enqueue(data);
    });
  } else if (data.call === "faces_choose_backend") {
    const { weights } = data.args;
    choosing = choosing.then(async () => {
      if (weights !== null) await openFacesWebgpu(weights);
      await enqueue(data);
    });
  } else {
    enqueue(data);
  }
};
