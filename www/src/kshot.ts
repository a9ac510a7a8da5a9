/**
 * The JavaScript API of kshot: few-shot recognition of pictures, in a worker, on WebGPU or the CPU.
 *
 * The page reaches the engine through nothing else. Shapes: an embedding is a `Float32Array` of
 * `embedder.dimensions` (1280) numbers of length 1; ids are whole numbers that are never used again.
 */
import moduleFile from "../../pkg/kshot_bg.wasm?url";
import weightsFile from "../../weights/embedder.safetensors?url";
import { fileAt } from "./base-url.ts";
import type { Frame, SettingsReport } from "./engine.ts";
import { KShotError, messageOf } from "./errors.ts";
import type { Events } from "./events.ts";
import type { Faces, FacesOptions } from "./faces.ts";
import { embedAnew, packFile, unpackFile } from "./file.ts";
import { FrameQueue } from "./frame-queue.ts";
import type { Lab, LabOptions } from "./lab.ts";
import { isTrained, loadMethods, type MethodsOptions } from "./methods.ts";
import type { Call, Calls, SupportReply } from "./protocol.ts";
import type { Seat } from "./seat.ts";
import { type KShotEvents, Session } from "./session.ts";
import { takeFrame } from "./sources.ts";
import { isOf, readState } from "./state.ts";
import { flatten, newStep } from "./support-mirror.ts";
import { makeThumbnail } from "./thumbnail.ts";
import type {
  Answer,
  BackendChoice,
  ChangeOptions,
  DeviceReport,
  EngineStatus,
  FileKind,
  FrameSource,
  Guidance,
  ImportOptions,
  ImportReport,
  KShotState,
  LoadProgress,
  Settings,
  SpacePoint,
  SupportSummary,
  UndoAction,
} from "./types.ts";

export { setBaseUrl } from "./base-url.ts";
export type { SettingsReport } from "./engine.ts";
export { KShotError } from "./errors.ts";
export type * from "./face-types.ts";
export type { Faces, FacesEvents, FacesOptions } from "./faces.ts";
export type { Lab, LabOptions } from "./lab.ts";
export type * from "./lab-types.ts";
export type { MethodsOptions } from "./methods.ts";
export type { KShotEvents } from "./session.ts";
export type * from "./types.ts";

/** How to load; everything has a default. */
export interface LoadOptions {
  /** `auto` (default) is ready as soon as the CPU is, then measures WebGPU and keeps the faster. */
  backend?: BackendChoice;
  /** Where the weights are, if not beside this script. Their SHA-256 is checked. */
  weightsUrl?: string;
  /** Where `kshot_bg.wasm` is, if not beside this script. */
  moduleUrl?: string;
  /** Called for every step of loading, with bytes while something is downloaded. */
  onProgress?(progress: LoadProgress): void;
  /** Called for every change of `status`, from the first on. */
  onStatus?(status: EngineStatus): void;
}

/**
 * A support set that answers.
 *
 * @example
 * const kshot = await KShot.load();
 * const mug = await kshot.addClass("mug");
 * const key = await kshot.addClass("key");
 * await kshot.addShot(mug, mugPhoto); // a File, an <img>, a <video>, a canvas, ...
 * await kshot.addShot(key, keyPhoto);
 * const answer = await kshot.classify(video);
 * console.log(answer?.best === mug ? "mug" : "not the mug", answer?.scores);
 * kshot.dispose();
 *
 * Every method that calls the engine throws `disposed` after `dispose`, `engine_crashed` once the engine
 * has failed for good, and `device_lost` when the engine is lost under the call: it is rebuilt on the CPU
 * with all shots, and the call can be made again. Calls made meanwhile wait.
 */
export class KShot {
  readonly #session: Session;
  readonly #seat: Seat;
  readonly #frames = new FrameQueue();
  readonly #listening = new Set<() => void>();
  #disposed = false;

  private constructor(session: Session) {
    this.#session = session;
    this.#seat = session.takeSeat();
  }

  /**
   * Downloads the module and the weights, each once, starts the worker, builds the network.
   * With `backend: "webgpu"` it waits for WebGPU and throws `webgpu_unavailable` where there is none.
   *
   * Throws `wasm_unsupported`, `simd_unsupported`, `module_unavailable`, `weights_unavailable`,
   * `weights_damaged`, `engine_crashed`.
   *
   * @example
   * const kshot = await KShot.load({ onProgress: ({ step, loaded, total }) => console.log(step, loaded, total) });
   */
  static async load(options: LoadOptions = {}): Promise<KShot> {
    const { backend = "auto", onProgress, onStatus } = options;
    const session = new Session();
    if (onProgress) session.events.on("progress", onProgress);
    if (onStatus) session.events.on("status", onStatus);
    await session.load({
      moduleUrl: options.moduleUrl ?? fileAt(moduleFile),
      moduleBytes: options.moduleUrl === undefined ? __MODULE_BYTES__ : 0,
      weightsUrl: options.weightsUrl ?? fileAt(weightsFile),
      weightsBytes: options.weightsUrl === undefined ? __WEIGHTS_BYTES__ : 0,
    });
    const kshot = new KShot(session);
    const failed = (error: unknown) => {
      // Nobody gets this one, so nobody could end it.
      kshot.dispose();
      throw error;
    };
    // In a task of its own, so that calls made as soon as `load` returns are not behind it.
    if (backend === "auto") setTimeout(() => kshot.#measureBehind());
    else await kshot.chooseBackend(backend).catch(failed);
    return kshot;
  }

  /**
   * Another support set in the same engine: nothing is downloaded and no worker starts. Each has classes, shots,
   * settings and undo of its own; the device is one. The engine ends when the last of them is disposed of.
   *
   * @example
   * const second = kshot.beside();
   * await second.addClass("mug"); // `kshot` knows nothing of it
   */
  beside(): KShot {
    if (this.#session.error !== null) throw this.#session.error;
    return new KShot(this.#session);
  }

  /** Where the engine is in its life. */
  get status(): EngineStatus {
    return this.#session.status;
  }

  /** Why `status` is `failed`; null otherwise. */
  get error(): KShotError | null {
    return this.#session.error;
  }

  /** Classes and shots as they are now, oldest first. */
  get support(): SupportSummary {
    return this.#seat.mirror.summary;
  }

  /** The settings, with the values in force where they are `auto`. */
  get settings(): SettingsReport {
    return this.#seat.settings;
  }

  /** The device in use and the times measured. */
  get device(): DeviceReport {
    const { device } = this.#session;
    if (device === null) throw new KShotError("disposed", "the engine is not loaded");
    return device;
  }

  /** True while WebGPU is being built and timed; frames are answered on the CPU meanwhile. */
  get measuring(): boolean {
    return this.#session.measuring;
  }

  /** Name, SHA-256 of the weights and length of the embeddings. */
  get embedder(): KShotState["embedder"] {
    return this.#session.embedder;
  }

  /** Listens to `status`, `support`, `settings`, `device` or `progress`; gives the way to stop. */
  on<K extends keyof KShotEvents>(event: K, handler: (value: KShotEvents[K]) => void): () => void {
    const { events } = event === "support" || event === "settings" ? this.#seat : this.#session;
    const stop = (events as Events<KShotEvents>).on(event, handler);
    this.#listening.add(stop);
    return () => {
      this.#listening.delete(stop);
      stop();
    };
  }

  /** Adds an empty class; gives its id. Throws `name_empty`, `too_many_classes`. */
  async addClass(name: string, { step = newStep() }: ChangeOptions = {}): Promise<number> {
    const { classId } = await this.#change("add_class", () => ({ name, step }));
    return this.#seat.mirror.publicClass(classId);
  }

  /** Gives a class another name. Throws `class_unknown`, `name_empty`. */
  async renameClass(classId: number, name: string, { step = newStep() }: ChangeOptions = {}): Promise<void> {
    await this.#change("rename_class", () => ({
      classId: this.#seat.mirror.engineClass(classId),
      name,
      step,
    }));
  }

  /** Lets a class take part in answers, or not. Throws `class_unknown`. */
  async enableClass(
    classId: number,
    enabled: boolean,
    { step = newStep() }: ChangeOptions = {},
  ): Promise<void> {
    await this.#change("enable_class", () => ({
      classId: this.#seat.mirror.engineClass(classId),
      enabled,
      step,
    }));
  }

  /** Removes a class with its shots. Throws `class_unknown`. */
  async removeClass(classId: number, { step = newStep() }: ChangeOptions = {}): Promise<void> {
    await this.#change("remove_class", () => ({ classId: this.#seat.mirror.engineClass(classId), step }));
  }

  /**
   * Adds the picture as a shot of a class; gives the shot's id. The next answer already knows it.
   * Throws `class_unknown`, `too_many_shots`, `picture_unreadable`, `picture_too_small`,
   * `picture_too_large`, `video_not_ready`, `embedding_invalid`.
   *
   * @example
   * const step = kshot.newStep(); // one undo takes all of them back
   * for (const file of input.files ?? []) await kshot.addShot(mug, file, { step });
   */
  async addShot(
    classId: number,
    source: FrameSource,
    { step = newStep() }: ChangeOptions = {},
  ): Promise<number> {
    await this.#session.usable();
    const { limits } = this.#session;
    const { mirror } = this.#seat;
    const frame = await takeFrame(source, limits);
    // Before the call: replies are taken in the order in which the engine made the changes.
    const thumbnail = await makeThumbnail(frame);
    const reply = await this.#send("add_shot", frame, () => ({
      classId: mirror.engineClass(classId),
      frame,
      step,
    }));
    const shotId = mirror.keepShot(reply.shotId, reply.embedding, thumbnail);
    this.#take(reply);
    return shotId;
  }

  /** Removes one shot. Throws `shot_unknown`. */
  async removeShot(shotId: number, { step = newStep() }: ChangeOptions = {}): Promise<void> {
    await this.#change("remove_shot", () => ({ shotId: this.#seat.mirror.engineShot(shotId), step }));
  }

  /** Moves a shot to another class; it keeps its id. Throws `shot_unknown`, `class_unknown`, `too_many_shots`. */
  async moveShot(shotId: number, classId: number, { step = newStep() }: ChangeOptions = {}): Promise<void> {
    await this.#change("move_shot", () => ({
      shotId: this.#seat.mirror.engineShot(shotId),
      classId: this.#seat.mirror.engineClass(classId),
      step,
    }));
  }

  /** Removes all classes; `undo` brings them back. */
  async clear({ step = newStep() }: ChangeOptions = {}): Promise<void> {
    await this.#change("clear", () => ({ step }));
  }

  /** A step of undo, for changes that are taken back together. */
  newStep(): number {
    return newStep();
  }

  /**
   * Takes one step back, with all of its changes and nothing else: the newest, which `support.undo` tells, or the one
   * that is named. Ids come back as they were. Says what it took back; null where there is no such step. Throws
   * `too_many_classes`, `too_many_shots` where later steps have filled the room of what would come back.
   */
  async undo({ step }: ChangeOptions = {}): Promise<UndoAction | null> {
    const { undone } = await this.#change("undo", () => (step === undefined ? {} : { step }));
    return undone;
  }

  /** Forgets all steps: what is there now is where undo ends. */
  async clearHistory(): Promise<void> {
    await this.#change("clear_history", () => null);
  }

  /**
   * Says which class the picture belongs to; `best` is null for "none of these". One frame is in flight and
   * at most one waits: where a newer one took its place, the result is null and the next is on its way.
   * Throws `picture_unreadable`, `picture_too_small`, `picture_too_large`, `video_not_ready`, and
   * `method_takes_fewer` where more classes answer than the method was made for.
   *
   * @example
   * const answer = await kshot.classify(video);
   * if (answer !== null) for (const { name, probability } of answer.scores) console.log(name, probability);
   */
  async classify(source: FrameSource): Promise<Answer | null> {
    await this.#session.usable();
    return this.#frames.ask(
      () => takeFrame(source, this.#session.limits),
      async (frame) => this.#seat.mirror.answer(await this.#send("classify", frame, { frame })),
    );
  }

  /** The last query against the support set and the settings as they are now; null before the first. */
  async answer(): Promise<Answer | null> {
    const answer = await this.#call("answer", () => null);
    return answer === null ? null : this.#seat.mirror.answer(answer);
  }

  /** The embedding of a picture, `[dimensions]`, L2-normalised. Throws as `classify` does. */
  async embed(source: FrameSource): Promise<Float32Array> {
    await this.#session.usable();
    const frame = await takeFrame(source, this.#session.limits);
    return this.#send("embed", frame, { frame });
  }

  /** What the network sees of a picture: planar `[3, 224, 224]`, RGB, (x - 127) / 128. Throws as `classify` does. */
  async frameInput(source: FrameSource): Promise<Float32Array> {
    await this.#session.usable();
    const frame = await takeFrame(source, this.#session.limits);
    return this.#send("frame_input", frame, { frame });
  }

  /**
   * Downloads the weights of the methods that have some, once for all who share the engine. `setSettings` and
   * `restoreState` do it where it is needed; call it before them to show progress. Throws `weights_unavailable`,
   * `weights_damaged`; nothing changes then, and it can be tried again.
   *
   * @example
   * await kshot.loadMethods({ onProgress: (loaded, total) => console.log(loaded, total) });
   * await kshot.setSettings({ method: "snail" });
   */
  async loadMethods(options: MethodsOptions = {}): Promise<void> {
    await this.#session.usable();
    await loadMethods(this.#session, options);
  }

  /**
   * Changes some settings; gives all. Throws `setting_invalid`, and for a method with weights of its own as
   * `loadMethods`; then nothing changes.
   */
  async setSettings(settings: Partial<Settings>): Promise<SettingsReport> {
    if (settings.method !== undefined && isTrained(settings.method)) await this.loadMethods();
    const report = await this.#call("set_settings", () => ({ settings }));
    this.#seat.setSettings(report);
    return report;
  }

  /** Shots, prototypes and the last query on a plane. It costs a little: ask a few times a second. */
  async space(): Promise<SpacePoint[]> {
    return this.#seat.mirror.points(await this.#call("space", () => null));
  }

  /**
   * What the support set says of itself, by leaving each shot out in turn; null of an empty one. It costs a
   * little: ask after changes, a few times a second.
   */
  async guidance(): Promise<Guidance | null> {
    const found = await this.#call("guidance", () => null);
    return found === null ? null : this.#seat.mirror.guidance(found);
  }

  /**
   * Uses WebGPU, the CPU, or whichever is faster when both are timed. Frames go on meanwhile.
   * Throws `webgpu_unavailable` where WebGPU is asked for by name and there is none.
   */
  chooseBackend(choice: BackendChoice): Promise<DeviceReport> {
    return this.#session.chooseBackend(choice);
  }

  /**
   * Opens the lab: every method on drawings. Its code, weights and sample characters are downloaded only now.
   * Throws `weights_unavailable`, `weights_damaged`, `characters_unavailable`, `characters_damaged`; nothing
   * changes then, and it can be tried again.
   *
   * @example
   * const lab = await kshot.openLab();
   * const { classes } = await lab.task({ way: 5, shot: 1, queries: 1, alphabet: null, seed: 1 });
   * const shots = classes.flatMap(({ shots }, classId) => shots.map((ink) => ({ classId, ink })));
   * const { readings } = await lab.read(shots, await lab.inkOf(canvas));
   */
  async openLab(options: LabOptions = {}): Promise<Lab> {
    await this.#session.usable();
    const { Lab } = await import("./lab.ts");
    return Lab.open(this.#session, options);
  }

  /**
   * Opens faces: finding, enrolling, verifying and recognising people. Code and weights are downloaded only now;
   * all elements that share the engine share the people, and calling it again gives the same. Throws
   * `weights_unavailable`, `weights_damaged`; nothing changes then, and it can be tried again.
   *
   * @example
   * const faces = await kshot.openFaces();
   * const ada = await faces.addPerson("Ada");
   * for (const photo of photos) await faces.addPhoto(ada, photo);
   * await faces.look(video);
   * console.log((await faces.verify(ada))?.same);
   */
  async openFaces(options: FacesOptions = {}): Promise<Faces> {
    await this.#session.usable();
    const { Faces } = await import("./faces.ts");
    return Faces.open(this.#session, options);
  }

  /** The embedding of a shot, `[dimensions]`, L2-normalised; null where there is none. */
  embedding(shotId: number): Float32Array | null {
    return this.#seat.mirror.embedding(shotId)?.slice() ?? null;
  }

  /** The picture of a shot: the square that the network saw, at most 224 pixels wide, JPEG; null where there is none. */
  thumbnail(shotId: number): Blob | null {
    return this.#seat.mirror.thumbnail(shotId);
  }

  /** All classes, embeddings, thumbnails and settings; made from the page's own copy, so it works after a crash too. */
  exportState(): KShotState {
    const { settings, mirror } = this.#seat;
    const { embedder } = this.#session;
    const { method, metric, temperature, threshold } = settings;
    return {
      format: "kshot-state",
      version: 1,
      embedder: { ...embedder },
      settings: { method, metric, temperature, threshold },
      classes: mirror
        .classes()
        .map((entry) => ({ ...entry, shots: entry.shots.map((shot) => shot.slice()) })),
    };
  }

  /**
   * Takes a saved state in: in the place of everything, settings too, or after the classes there are. One
   * change. Classes and shots get new ids. Shots of another network are embedded anew from their thumbnails.
   * Throws `state_invalid`, `state_other_embedder` where another network made it and no shot has a thumbnail,
   * `too_many_classes`, `too_many_shots`, `name_empty`, `name_too_long`, `setting_invalid`, and as `loadMethods`
   * where its method has weights of its own; nothing changes then.
   *
   * @example
   * const state = kshot.exportState();
   * // structured clone, postMessage and IndexedDB keep it whole; later:
   * await kshot.restoreState(state);
   */
  async restoreState(state: KShotState, options: ImportOptions = {}): Promise<ImportReport> {
    await this.#session.usable();
    const { embedder } = this.#session;
    const { mirror } = this.#seat;
    const parsed = readState(state, embedder);
    const { classes, ...anew } = isOf(parsed, embedder)
      ? { classes: parsed.classes, embeddedAnew: 0, lost: 0 }
      : await embedAnew(parsed.classes, (thumbnail) => this.embed(thumbnail), options.onProgress);
    const shots = classes.reduce((sum, entry) => sum + entry.shots.length, 0);
    if (anew.lost > 0 && shots === 0) {
      throw new KShotError(
        "state_other_embedder",
        `the state was made by ${parsed.embedder.name}, this is ${embedder.name}, and it has no thumbnails`,
      );
    }
    const replaces = options.mode !== "add";
    if (replaces && isTrained(parsed.settings.method)) await this.loadMethods();
    const { step = newStep() } = options;
    const reply = await this.#call(replaces ? "restore" : "append", () => ({
      ...flatten(parsed.settings, classes, embedder.dimensions),
      step,
    }));
    const summary = mirror.takeRestored(classes, reply.support);
    this.#seat.setSettings(reply.settings);
    this.#seat.events.emit("support", summary);
    return { classes: classes.length, shots, ...anew };
  }

  /**
   * Everything as one `.kshot` file (docs/kshot-file.md): classes, embeddings, thumbnails, settings.
   * Throws `file_too_large`.
   *
   * @example
   * link.href = URL.createObjectURL(await kshot.exportFile());
   * link.download = "mugs.kshot";
   */
  exportFile(): Promise<Blob> {
    return this.writeFile(this.exportState());
  }

  /**
   * A state as a `.kshot` file, of this task or of another: `state.embedder` says what made its embeddings.
   * Throws `file_too_large`, and `file_invalid` for values that no file may hold.
   */
  async writeFile(state: KShotState, kind: FileKind = "objects"): Promise<Blob> {
    const { file } = await this.#session.call("write_file", () => packFile(state, kind));
    return file;
  }

  /**
   * What a `.kshot` file holds, checked to the last byte; nothing changes. `restoreState` takes files of objects in.
   * With `any` it may be of every task, and `kind` says of which.
   * Throws `file_not_kshot`, `file_version`, `file_cut_off`, `file_damaged`, `file_invalid`, `file_too_large`,
   * `file_other_kind`, and `file_unavailable` where the browser can no longer read it.
   */
  async readFile(file: Blob, kind: FileKind | "any" = "objects"): Promise<KShotState & { kind: FileKind }> {
    const wanted = kind === "any" ? null : kind;
    const read = await this.#session.call("read_file", () => ({ file, kind: wanted }));
    return { ...unpackFile(read, this.#session.embedder), kind: read.state.kind };
  }

  /**
   * Takes a `.kshot` file in, as `restoreState` does. Throws what `readFile` and `restoreState` throw; nothing
   * changes then.
   *
   * @example
   * const { embeddedAnew } = await kshot.importFile(input.files[0], { mode: "add" });
   * if (embeddedAnew > 0) console.log(`${embeddedAnew} shots are of another network and were embedded anew`);
   */
  async importFile(file: Blob, options: ImportOptions = {}): Promise<ImportReport> {
    return this.restoreState(await this.readFile(file), options);
  }

  /** Bytes held by the wasm module, and on the GPU where it can be known. */
  memory(): Promise<{ wasmBytes: number; gpuBytes: number | null }> {
    return this.#session.call("memory", () => null);
  }

  /**
   * Frees everything, and ends the worker unless others share it (`beside`). Harmless when called twice.
   */
  dispose(): void {
    this.#disposed = true;
    this.#frames.drop();
    this.#session.leaveSeat(this.#seat);
    for (const stop of this.#listening) stop();
    this.#listening.clear();
  }

  /** Calls the engine about this support set. */
  async #call<C extends Call>(
    call: C,
    args: () => Calls[C]["args"],
    transfer: Transferable[] = [],
  ): Promise<Calls[C]["result"]> {
    if (this.#disposed) throw new KShotError("disposed", "this KShot was disposed of");
    return this.#session.call(call, args, transfer, undefined, this.#seat.number);
  }

  /** Hands a frame over; it is closed by the worker, or here where it never got there. */
  async #send<C extends "classify" | "add_shot" | "embed" | "frame_input">(
    call: C,
    frame: Frame,
    args: Calls[C]["args"] | (() => Calls[C]["args"]),
  ): Promise<Calls[C]["result"]> {
    try {
      return await this.#call(call, () => (typeof args === "function" ? args() : args), [frame]);
    } finally {
      frame.close();
    }
  }

  async #change<C extends Call>(
    call: C,
    args: () => Calls[C]["args"],
  ): Promise<Calls[C]["result"] & SupportReply> {
    const reply = (await this.#call(call, args)) as Calls[C]["result"] & SupportReply;
    this.#take(reply);
    return reply;
  }

  #take({ support, settings }: SupportReply): void {
    const summary = this.#seat.mirror.update(support);
    this.#seat.setSettings(settings);
    this.#seat.events.emit("support", summary);
  }

  /** `auto` goes on with the CPU whatever happens to WebGPU; the report says why. */
  async #measureBehind(): Promise<void> {
    try {
      await this.chooseBackend("auto");
    } catch (error) {
      const { status, device } = this.#session;
      if (status === "ready" && device !== null && device.webgpuProblem === null) {
        this.#session.setDevice({ ...device, webgpuProblem: messageOf(error) });
      }
    }
  }
}
