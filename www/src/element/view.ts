/**
 * The started element: the engine, what is asked for by the attributes, and the part for the task. It keeps the shots
 * when the element leaves the page or the engine fails, and goes on with them.
 */
import { fetchFile } from "../download.ts";
import { asKShotError, KShotError } from "../errors.ts";
import type { KShot } from "../kshot.ts";
import { App } from "../page/app.ts";
import { make } from "../page/dom.ts";
import { type ErrorWords, errorWords } from "../page/error-words.ts";
import { type Language, languages, type Words } from "../page/words.ts";
import type { FileKind, FrameSource, KShotState } from "../types.ts";
import { type Attribute, languageOf, readTask } from "./attributes.ts";
import type { DrawingSet } from "./draw.ts";
import type { KShotElement } from "./k-shot.ts";
import { MethodChoice } from "./method-choice.ts";
import { ObjectsPart } from "./objects.ts";
import { Presence } from "./presence.ts";
import { giveBack, sharedLab, takeSupportSet } from "./shared-engine.ts";
import { useSheet } from "./sheet.ts";
import type { ElementState, KShotElementEventMap, Prediction, Task } from "./types.ts";
import css from "./view.css?inline";
import { Waiting } from "./waiting.ts";

type Detail<K extends keyof KShotElementEventMap> = KShotElementEventMap[K]["detail"];

/** How the view tells the element's user. */
export interface Tell {
  state(state: ElementState): void;
  tell<K extends keyof KShotElementEventMap>(type: K, detail: Detail<K>): void;
}

/** The part of a task: what is seen and done once the engine answers. */
export interface Part {
  readonly element: HTMLElement;
  /** Begins, or goes on after `stop`. */
  start(): Promise<void>;
  /** The user, or the author of the page, ends it: it does not come back by itself. */
  stop(): void;
  /** The element is on show, or no longer. */
  show(shown: boolean): void;
  /** Asks about a picture from elsewhere. */
  ask(source: FrameSource): Promise<Prediction | null>;
  /** Language or attributes changed. */
  say(): void;
  dispose(): void;
}

const SETTINGS = ["method", "metric", "threshold"] as const;
type Setting = (typeof SETTINGS)[number];

/** The task that a file is for. */
const TASK_OF: Record<FileKind, Task> = { objects: "objects", faces: "face", drawings: "draw" };

function isSetting(name: Attribute): name is Setting {
  return SETTINGS.some((one) => one === name);
}

export class View {
  readonly host: KShotElement;
  readonly #tell: Tell;
  readonly #frame = make("div", "frame");
  readonly #waiting: Waiting;
  readonly #method: MethodChoice;
  readonly #presence: Presence;
  readonly #app = new App();
  #kshot: KShot | null = null;
  #part: Part | null = null;
  #kept: KShotState | null = null;
  #drawings: DrawingSet | null = null;
  /** The task of the file that was taken, which holds where the attribute says none. */
  #fileTask: Task | null = null;
  /** The task of a file that the attribute kept out. */
  #otherTask: Task = "objects";
  /** What a file of faces or drawings holds, until the part for it is there. */
  #file: KShotState | null = null;
  #loading: Promise<void> | null = null;
  #wanted = false;

  constructor(host: KShotElement, root: ShadowRoot, tell: Tell) {
    this.host = host;
    this.#tell = tell;
    this.#waiting = new Waiting(this, () => void this.start().catch(() => {}));
    this.#method = new MethodChoice(this);
    this.#presence = new Presence(host, (shown) => this.#part?.show(shown));
    this.#frame.part.add("frame");
    // Keys that are meant for the element are no commands to the slides around it.
    for (const type of ["keydown", "keyup", "keypress"] as const) {
      this.#frame.addEventListener(type, (event) => {
        const target = event.target as Element;
        if (target.matches("input, textarea") || (event.key === " " && target.matches("button")))
          event.stopPropagation();
      });
    }
    for (const type of ["pointerdown", "touchstart"] as const) {
      this.#frame.addEventListener(
        type,
        (event) => {
          if ((event.target as Element).closest("button, input, canvas") !== null) event.stopPropagation();
        },
        { passive: true },
      );
    }
    this.#frame.append(this.#waiting.element);
    this.say();
    useSheet(root, css);
    root.append(this.#frame);
    this.#presence.start();
  }

  get kshot(): KShot | null {
    return this.#kshot;
  }

  /** What is shared with the page's own views: engine, answer, picture. */
  get app(): App {
    return this.#app;
  }

  /** How far a method's weights are, for the part of a task that has room for it. */
  get methodLoading(): HTMLElement {
    return this.#method.loading.element;
  }

  get shown(): boolean {
    return this.#presence.shown;
  }

  get language(): Language {
    return languageOf(this.host);
  }

  get words(): Words {
    return languages[this.language];
  }

  wordsOf(error: KShotError): ErrorWords {
    const words = errorWords[this.language][error.code];
    if (error.code !== "file_other_kind") return words;
    return { ...words, todo: this.words.setTask(this.#otherTask) };
  }

  /** What is asked for, by the attribute or by the file. */
  get #task(): Task {
    return readTask(this.host.getAttribute("task")) ?? this.#fileTask ?? "objects";
  }

  setState(state: ElementState): void {
    this.#frame.dataset.state = state;
    this.#tell.state(state);
  }

  tell<K extends keyof KShotElementEventMap>(type: K, detail: Detail<K>): void {
    this.#tell.tell(type, detail);
  }

  /** Tells of an error by the event; showing it is the part's affair. */
  tellError(error: KShotError): void {
    this.tell("error", { code: error.code, message: error.message, ...this.wordsOf(error) });
  }

  /** Loads what is missing and lets the part begin. */
  async start(): Promise<void> {
    this.#wanted = true;
    if (this.#kshot === null) {
      this.#loading ??= this.#load().finally(() => {
        this.#loading = null;
      });
      await this.#loading;
    }
    await this.#part?.start();
  }

  stop(): void {
    this.#wanted = false;
    this.#part?.stop();
  }

  async ask(source: FrameSource): Promise<Prediction | null> {
    return (await this.#part?.ask(source)) ?? null;
  }

  /** The element is in a page again. */
  enter(): void {
    this.#presence.start();
    if (this.#wanted && this.#kshot === null) void this.start().catch(() => {});
  }

  /** The element left the page: the camera and its place in the engine are let go, the shots are kept. */
  leave(): void {
    this.#presence.stop();
    this.#unload();
    this.setState("paused");
  }

  /** An attribute changed. */
  change(name: Attribute): void {
    const kshot = this.#kshot;
    this.say();
    if (kshot === null) return;
    if (isSetting(name)) void this.#set(kshot, [name]);
    else if (name === "backend")
      void kshot.chooseBackend(this.host.backend).catch((e) => this.#tellThrown(e));
    else if (name === "classes") void this.#addClasses(kshot).catch((e) => this.#tellThrown(e));
    else if (name === "src" && this.host.src !== null)
      void this.#open(kshot, this.host.src).catch((e) => this.#tellThrown(e));
    else if (name === "task") {
      void this.#place(kshot)
        .then(() => (this.#wanted ? this.#part?.start() : undefined))
        .catch((error) => this.#fail(error));
    }
  }

  /** Bytes of what an engine that is there has still to fetch. */
  count(loaded: number, total: number): void {
    this.#waiting.count(loaded, total);
    this.tell("progress", { step: "weights", loaded, total });
  }

  say(): void {
    this.#frame.lang = this.language === "zh" ? "zh-Hans" : "en";
    this.#frame.dataset.controls = this.host.controls;
    this.#waiting.say();
    this.#method.loading.say();
    this.#part?.say();
  }

  async #load(): Promise<void> {
    this.setState("loading");
    this.#waiting.begin();
    try {
      const kshot = await takeSupportSet(this.host.backend, (progress) => {
        this.#waiting.progress(progress);
        this.tell("progress", progress);
      });
      if (!this.host.isConnected) {
        giveBack(kshot);
        throw new KShotError("disposed", "the element left the page while it was loading");
      }
      try {
        await this.#fill(kshot);
      } catch (error) {
        giveBack(kshot);
        throw error;
      }
      await this.#use(kshot);
    } catch (error) {
      throw this.#fail(error);
    }
  }

  /** Puts into a new support set what was there before, or what the attributes ask for. */
  async #fill(kshot: KShot): Promise<void> {
    this.#method.begin(kshot);
    if (this.#kept !== null) await this.#method.restore(kshot, this.#kept);
    else {
      if (this.host.src !== null) await this.#takeFile(kshot, await fetchFile(this.host.src));
      else await this.#addClasses(kshot);
      // A file brings its own settings; what the attributes say stands above them.
      await this.#set(
        kshot,
        SETTINGS.filter((name) => this.host.hasAttribute(name)),
      );
    }
    // Nobody did any of this, so nobody takes it back.
    await kshot.clearHistory();
  }

  /** Another file in the place of what there is; `undo` brings that back. */
  async #open(kshot: KShot, src: string): Promise<void> {
    const before = this.#task;
    const file = await fetchFile(src);
    await this.#takeFile(kshot, file);
    if (this.#task === before && this.#file === null) return;
    await this.#place(kshot);
    if (this.#wanted) await this.#part?.start();
  }

  /** Takes a file in, or keeps it for the part that it is for. */
  async #takeFile(kshot: KShot, file: Blob): Promise<void> {
    const state = await kshot.readFile(file, "any");
    const task = TASK_OF[state.kind];
    const said = readTask(this.host.getAttribute("task"));
    if (said !== null && said !== task) {
      this.#otherTask = task;
      throw new KShotError("file_other_kind", `the file is of ${state.kind} and the task is ${said}`);
    }
    if (task === "objects") await this.#method.restore(kshot, state);
    else this.#file = state;
    this.#fileTask = task;
  }

  async #use(kshot: KShot): Promise<void> {
    this.#kshot = kshot;
    this.#kept = null;
    this.#app.attach(kshot);
    kshot.on("status", (status) => {
      // Whoever else listens is told first: the support set is given back then.
      if (status === "failed") queueMicrotask(() => this.#mourn(kshot));
    });
    await this.#place(kshot);
    this.setState("ready");
    this.tell("ready", { kshot });
  }

  /** What is wanted could not be had: it says so, unless the element left meanwhile. */
  #fail(error: unknown): KShotError {
    const known = asKShotError(error, "code_unavailable");
    this.#unload();
    if (known.code === "disposed" && !this.host.isConnected) {
      this.setState("paused");
      return known;
    }
    this.#frame.replaceChildren(this.#waiting.element);
    this.setState("failed");
    this.#waiting.fail(known);
    this.tellError(known);
    return known;
  }

  /** The engine failed for good: it says so, and a new one gets the shots. */
  #mourn(kshot: KShot): void {
    if (this.#kshot !== kshot) return;
    this.#fail(kshot.error ?? new KShotError("engine_crashed", "the engine failed"));
  }

  /** Puts the part for the task in its place; that of drawings comes with its own files. */
  async #place(kshot: KShot): Promise<void> {
    const task = this.#task;
    this.#part?.dispose();
    this.#part = null;
    this.#app.usePicture(null);
    this.#app.show(null);
    const part =
      task === "draw"
        ? await this.#makeDraw()
        : task === "face"
          ? await this.#makeFace(kshot)
          : new ObjectsPart(this);
    if (this.#kshot !== kshot || this.#task !== task) return part.dispose();
    this.#part = part;
    this.#frame.replaceChildren(part.element);
    part.say();
    part.show(this.#presence.shown);
  }

  async #makeFace(kshot: KShot): Promise<Part> {
    const [{ FacePart, addPeople }, faces] = await Promise.all([
      import("./face.ts"),
      kshot.openFaces({ onProgress: this.#count() }),
    ]);
    if (this.#file !== null) await addPeople(faces, this.#file);
    this.#file = null;
    return new FacePart(this, faces);
  }

  /** Shows that the files of a part are on their way, and counts them. */
  #count(): (loaded: number, total: number) => void {
    this.#frame.replaceChildren(this.#waiting.element);
    this.#waiting.begin();
    return (loaded, total) => this.count(loaded, total);
  }

  async #makeDraw(): Promise<Part> {
    const [{ DrawPart, DrawingSet, drawnClasses }, lab] = await Promise.all([
      import("./draw.ts"),
      sharedLab(this.#count()),
    ]);
    this.#drawings ??= new DrawingSet(this);
    if (this.#file !== null) this.#drawings.put(drawnClasses(this.#file));
    this.#file = null;
    return new DrawPart(this, lab, this.#drawings);
  }

  #unload(): void {
    this.#part?.dispose();
    this.#part = null;
    const kshot = this.#kshot;
    this.#kshot = null;
    if (kshot === null) return;
    this.#kept = kshot.exportState();
    this.#app.show(null);
    giveBack(kshot);
  }

  async #addClasses(kshot: KShot): Promise<void> {
    const there = new Set(kshot.support.classes.map(({ name }) => name));
    const { classes } = this.host;
    // Two empty classes to begin with: nobody has to find out how to make one.
    const names =
      classes.length > 0 || there.size > 0 ? classes : [1, 2].map((n) => this.words.newClassName(n));
    const step = kshot.newStep();
    for (const name of names) if (!there.has(name)) await kshot.addClass(name, { step });
  }

  async #set(kshot: KShot, names: readonly Setting[]): Promise<void> {
    const { metric, threshold } = this.host;
    const values = { metric, threshold };
    const chosen = names.filter((name) => name !== "method").map((name) => [name, values[name]]);
    try {
      if (chosen.length > 0) await kshot.setSettings(Object.fromEntries(chosen));
      if (names.includes("method")) await this.#method.use(kshot);
    } catch (error) {
      this.#tellThrown(error);
    }
  }

  #tellThrown(error: unknown): void {
    this.tellError(asKShotError(error, "engine_crashed"));
  }
}
