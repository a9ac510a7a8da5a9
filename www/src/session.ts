/**
 * The engine's life on the page's side: load it, call it, and rebuild it when it is lost.
 *
 * A worker that traps, loses its device or falls silent is ended, and a new one on the CPU gets the
 * support set back from the mirror. A second loss soon after that is final where no GPU was in use or tried: then the
 * CPU path itself is at fault, and a loop of restarts would help nobody.
 */
import { checkBrowser, distrust, fetchModule, fetchWeights } from "./download.ts";
import type { PictureLimits, SettingsReport } from "./engine.ts";
import { asKShotError, KShotError } from "./errors.ts";
import { Events } from "./events.ts";
import type { FacesDevice } from "./face-types.ts";
import type { Alphabet } from "./lab-types.ts";
import type { Call, Calls, FacesReport, StoredFaces } from "./protocol.ts";
import { Seat, type SeatEvents } from "./seat.ts";
import { flatten, newStep } from "./support-mirror.ts";
import type { BackendChoice, DeviceReport, EngineStatus, KShotState, LoadProgress } from "./types.ts";
import { WorkerLink } from "./worker-link.ts";

/** What is told of the engine, to all who share it. */
export interface SessionEvents {
  /** The engine came up, was lost, came back, or failed. */
  status: EngineStatus;
  /** A device was chosen, or choosing began or ended. */
  device: DeviceReport;
  /** A step of loading. */
  progress: LoadProgress;
}

/** What `KShot.on` can listen to. */
export interface KShotEvents extends SessionEvents, SeatEvents {}

/** Where the module and the weights are, and how many bytes each has (0: not known). */
export interface Files {
  moduleUrl: string;
  moduleBytes: number;
  weightsUrl: string;
  weightsBytes: number;
}

/** The files of the lab, kept for the worker that follows one that died. */
export interface LabFiles {
  weights: Blob;
  characters: Blob;
}

/** The file of the faces, kept as the lab's are, and what the next worker is given. */
export interface FacesFile {
  weights: Blob;
  stored(): StoredFaces;
  /** A device was chosen for them. */
  onDevice(device: FacesDevice): void;
}

// A GPU that says nothing for this long is lost; a frame takes milliseconds on real ones and a few
// seconds on the slowest software adapter.
const GPU_SILENCE_MS = 30_000;
// Opening a GPU takes a minute at most (worker.ts); building the faces' shaders and timing, seconds on a software adapter.
const CHOICE_SILENCE_MS = 120_000;
const RELAPSE_MS = 10_000;

export class Session {
  readonly events = new Events<SessionEvents>();
  readonly #seats = new Map<number, Seat>();
  #nextSeat = 0;
  status: EngineStatus = "idle";
  device: DeviceReport | null = null;
  measuring = false;
  /** Choices under way. */
  #choosing = 0;
  /** Why the session failed. */
  error: KShotError | null = null;
  /** Settings as an engine begins with them. */
  #settings: SettingsReport | null = null;
  #embedder: KShotState["embedder"] | null = null;
  #limits: PictureLimits | null = null;
  #link: WorkerLink | null = null;
  #module: WebAssembly.Module | null = null;
  #weights: Blob | null = null;
  #lab: LabFiles | null = null;
  #methods: Blob | null = null;
  #faces: FacesFile | null = null;
  #recovery: Promise<void> | null = null;
  #recoveredAt = Number.NEGATIVE_INFINITY;
  #disposed = false;

  get embedder(): KShotState["embedder"] {
    return present(this.#embedder);
  }

  get limits(): PictureLimits {
    return present(this.#limits);
  }

  /** Downloads, starts a worker and builds the CPU embedder. */
  async load(files: Files): Promise<void> {
    this.#setStatus("loading");
    try {
      checkBrowser();
      const step = (name: "module" | "weights") => (loaded: number, total: number) =>
        this.events.emit("progress", { step: name, loaded, total });
      // The worker's script starts while the files are on their way.
      const link = this.#startWorker();
      [this.#module, this.#weights] = await Promise.all([
        fetchModule(files.moduleUrl, files.moduleBytes, step("module")),
        fetchWeights(files.weightsUrl, files.weightsBytes, step("weights")),
      ]);
      await this.#build(link);
      this.#setStatus("ready");
    } catch (error) {
      // Nothing runs yet that could be lost: a worker that ended while loading cannot be started.
      const known = asKShotError(error, "engine_crashed");
      const final = known.code === "device_lost" ? new KShotError("engine_crashed", known.message) : known;
      this.#fail(this.#disposed ? disposedError() : final);
      throw this.error;
    }
  }

  /** Makes room for one more support set. */
  takeSeat(): Seat {
    const seat = new Seat(this.#nextSeat++);
    seat.setSettings(present(this.#settings));
    this.#seats.set(seat.number, seat);
    return seat;
  }

  /** Forgets a support set; the engine ends with the last one. */
  leaveSeat(seat: Seat): void {
    if (!this.#seats.delete(seat.number)) return;
    seat.events.clear();
    if (this.#seats.size === 0) this.dispose();
    else this.call("leave_seat", () => null, [], undefined, seat.number).catch(() => {}); // A lost worker took it along.
  }

  /** Calls the engine about a support set, 0 where it is about none; waits while it is being rebuilt. */
  async call<C extends Call>(
    call: C,
    args: () => Calls[C]["args"],
    transfer: Transferable[] = [],
    limit = this.#silence(),
    seat = 0,
  ): Promise<Calls[C]["result"]> {
    await this.usable();
    return present(this.#link).call(call, args(), { transfer, limit, seat });
  }

  /** Resolves when the engine can be called; throws `disposed` or what made it fail. */
  async usable(): Promise<void> {
    if (this.#disposed) throw disposedError();
    if (this.#recovery !== null) await this.#recovery;
    if (this.error !== null) throw this.error;
  }

  /** Builds, times and picks a device; see `KShot.chooseBackend`. */
  async chooseBackend(choice: BackendChoice): Promise<DeviceReport> {
    await this.#measure(async () => {
      try {
        this.setDevice(await this.call("choose_backend", () => ({ choice }), [], CHOICE_SILENCE_MS));
      } catch (error) {
        throw this.#withoutWebgpu(choice, error);
      }
      await this.#chooseForFaces();
    });
    return present(this.device);
  }

  /** What a GPU did wrong while it was tried, also to the worker, is why it is not used. */
  #withoutWebgpu(choice: BackendChoice, error: unknown): unknown {
    if (choice === "cpu" || this.device === null || !(error instanceof KShotError)) return error;
    if (error.code !== "device_lost" && error.code !== "webgpu_unavailable") return error;
    this.setDevice({ ...this.device, webgpuProblem: error.message });
    return new KShotError("webgpu_unavailable", error.message, { cause: error });
  }

  setDevice(device: DeviceReport): void {
    this.device = device;
    this.events.emit("device", device);
  }

  /** Loads the lab's methods and characters, into this worker and every later one. */
  async loadLab(files: LabFiles): Promise<{ alphabets: Alphabet[] }> {
    await this.usable();
    const reply = await loadLab(present(this.#link), files);
    this.#lab = files;
    return reply;
  }

  /** Loads the methods with weights of their own, into this worker and every later one. */
  async loadMethods(weights: Blob): Promise<void> {
    await this.usable();
    await loadMethods(present(this.#link), weights);
    this.#methods = weights;
  }

  /** Loads the networks for faces, into this worker and every later one, which is given the people too. */
  async loadFaces(file: FacesFile): Promise<FacesReport> {
    await this.usable();
    const reply = await loadFaces(present(this.#link), file);
    this.#faces = file;
    // In a task of its own: calls made as soon as they are loaded are answered on the CPU. What fails there ends the
    // worker or leaves the CPU in use.
    setTimeout(() => {
      if (this.device?.backend === "webgpu") this.#measure(() => this.#chooseForFaces()).catch(() => {});
    });
    return reply;
  }

  /** Faces follow the engine: where it runs on WebGPU they are tried there too, and run where the choice has them. */
  async #chooseForFaces(): Promise<void> {
    const file = this.#faces;
    if (file === null || this.device === null) return;
    const { choice, backend } = this.device;
    const weights = backend === "webgpu" ? await file.weights.arrayBuffer() : null;
    const args = { choice, weights };
    const transfer = weights === null ? [] : [weights];
    file.onDevice(await this.call("faces_choose_backend", () => args, transfer, CHOICE_SILENCE_MS));
  }

  /** Ends everything. Calls under way reject with `disposed`. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#link?.end(disposedError());
    this.#module = this.#weights = this.#lab = this.#methods = this.#faces = null;
    this.#setStatus("idle");
    this.events.clear();
  }

  #startWorker(): WorkerLink {
    const link = new WorkerLink({
      onProgress: (progress) => this.events.emit("progress", progress),
      onDeath: (reason) => {
        // During loading and rebuilding, the rejected call itself tells of it.
        if (this.status === "ready" && link === this.#link) this.#recovery = this.#recover(reason);
      },
    });
    this.#link = link;
    return link;
  }

  async #build(link: WorkerLink): Promise<void> {
    const file = present(this.#weights);
    const weights = await file.arrayBuffer();
    const loaded = await taken(
      [file],
      link.call("load", { module: present(this.#module), weights }, { transfer: [weights] }),
    );
    this.#embedder = loaded.embedder;
    this.#limits = loaded.limits;
    this.#settings ??= loaded.settings;
    this.device = { ...loaded.device, choice: this.device?.choice ?? loaded.device.choice };
  }

  /** How long a call may take, in milliseconds; the CPU always answers or traps. */
  #silence(): number | undefined {
    if (this.measuring) return CHOICE_SILENCE_MS;
    return this.device?.backend === "webgpu" ? GPU_SILENCE_MS : undefined;
  }

  /** Never rejects: it ends in `ready` or `failed`. */
  async #recover(reason: string): Promise<void> {
    const onGpu = this.device?.backend === "webgpu" || this.measuring;
    if (!onGpu && performance.now() - this.#recoveredAt < RELAPSE_MS) {
      this.#fail(new KShotError("engine_crashed", `the engine ended twice: ${reason}`));
      return;
    }
    const problem = onGpu ? `WebGPU was lost: ${reason}` : (this.device?.webgpuProblem ?? null);
    this.#setStatus("recovering");
    try {
      const link = this.#startWorker();
      await this.#build(link);
      if (this.#lab !== null) await loadLab(link, this.#lab);
      if (this.#methods !== null) await loadMethods(link, this.#methods);
      if (this.#faces !== null) {
        const { device } = await loadFaces(link, this.#faces);
        this.#faces.onDevice(device);
      }
      for (const seat of [...this.#seats.values()]) await this.#refill(seat, link);
      this.setDevice({ ...present(this.device), webgpuProblem: problem });
      this.#recoveredAt = performance.now();
      this.#recovery = null;
      this.#setStatus("ready");
    } catch (error) {
      this.#fail(
        new KShotError("engine_crashed", `the engine could not be rebuilt after: ${reason}`, {
          cause: error,
        }),
      );
    }
  }

  /** Gives a new engine the support set of a seat. */
  async #refill(seat: Seat, link: WorkerLink): Promise<void> {
    const { method, metric, temperature, threshold } = seat.settings;
    const stored = flatten(
      { method, metric, temperature, threshold },
      seat.mirror.classes(),
      this.embedder.dimensions,
    );
    await link.call(
      "restore",
      { ...stored, step: newStep() },
      { transfer: [stored.embeddings.buffer], seat: seat.number },
    );
    const { support, settings } = await link.call("clear_history", null, { seat: seat.number });
    seat.events.emit("support", seat.mirror.rebind(support));
    seat.setSettings(settings);
  }

  #fail(error: KShotError): void {
    this.#recovery = null;
    this.error = error;
    this.#link?.end(error);
    if (!this.#disposed) this.#setStatus("failed");
  }

  #setStatus(status: EngineStatus): void {
    if (status === this.status) return;
    this.status = status;
    this.events.emit("status", status);
  }

  /** Devices are built and timed. */
  async #measure(choose: () => Promise<void>): Promise<void> {
    const tell = () => {
      this.measuring = this.#choosing > 0;
      if (this.device !== null) this.events.emit("device", this.device);
    };
    this.#choosing++;
    tell();
    try {
      await choose();
    } finally {
      this.#choosing--;
      tell();
    }
  }
}

async function loadLab(link: WorkerLink, files: LabFiles): Promise<{ alphabets: Alphabet[] }> {
  const [weights, characters] = await Promise.all([
    files.weights.arrayBuffer(),
    files.characters.arrayBuffer(),
  ]);
  return taken(
    [files.weights, files.characters],
    link.call("lab_load", { weights, characters }, { transfer: [weights, characters] }),
  );
}

async function loadMethods(link: WorkerLink, file: Blob): Promise<void> {
  const weights = await file.arrayBuffer();
  await taken([file], link.call("methods_load", { weights }, { transfer: [weights] }));
}

async function loadFaces(link: WorkerLink, file: FacesFile): Promise<FacesReport> {
  const weights = await file.weights.arrayBuffer();
  const args = { weights, ...file.stored() };
  return taken([file.weights], link.call("faces_load", args, { transfer: [weights] }));
}

/** What the engine made of files; where one of them is damaged, the next download does not come from a cache. */
async function taken<T>(files: readonly Blob[], made: Promise<T>): Promise<T> {
  try {
    return await made;
  } catch (error) {
    if (error instanceof KShotError && error.code.endsWith("_damaged")) distrust(files);
    throw error;
  }
}

function disposedError(): KShotError {
  return new KShotError("disposed", "this KShot was disposed of");
}

/** Everything that only exists after loading, which `KShot.load` waits for before anyone can ask. */
function present<T>(value: T | null): T {
  if (value === null) throw new KShotError("disposed", "the engine is not loaded");
  return value;
}
