/**
 * `<k-shot>`: the element itself, and its poster. It loads nothing else and opens no camera until it is started; the
 * rest (view.ts) comes then. It may be moved, removed and put back: the camera goes with the page, the shots stay.
 */
import type { KShot } from "../kshot.ts";
import type { BackendChoice, FrameSource, Metric } from "../types.ts";
import { ATTRIBUTES, type Attribute, languageOf, readAttribute } from "./attributes.ts";
import { Poster } from "./poster.ts";
import type { Controls, ElementState, KShotElementEventMap, Prediction, Task } from "./types.ts";
import type { View } from "./view.ts";
import { posterWords } from "./words.ts";

/** Gets the part that is loaded when an element is started. */
export type LoadView = () => Promise<typeof import("./view.ts")>;

// Pages that are rendered on a server import this file too, and have no elements there.
const Base = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

/**
 * A camera, or a pad, that is shown a few examples and names the rest.
 *
 * @example
 * <script src="https://…/kshot.iife.js"></script>
 * <k-shot classes="mug, key"></k-shot>
 */
export class KShotElement extends Base {
  static readonly observedAttributes: readonly string[] = ATTRIBUTES;
  static loadView: LoadView;

  #root: ShadowRoot | null = null;
  #poster: Poster | null = null;
  #view: View | null = null;
  #starting: Promise<void> | null = null;
  #state: ElementState = "poster";

  connectedCallback(): void {
    if (this.#root === null) {
      this.#root = this.attachShadow({ mode: "open", delegatesFocus: true });
      this.#poster = new Poster(this.#root, () => void this.start().catch(() => {}));
      this.#keepProperties();
      this.#showPoster();
    }
    this.#view?.enter();
  }

  disconnectedCallback(): void {
    // One that is moved is back before this runs.
    queueMicrotask(() => {
      if (!this.isConnected) this.#view?.leave();
    });
  }

  /** Moved by `moveBefore`: nothing was taken out, so nothing stops. */
  connectedMoveCallback(): void {}

  attributeChangedCallback(name: Attribute, before: string | null, after: string | null): void {
    if (before === after) return;
    this.#showPoster();
    this.#view?.change(name);
  }

  /**
   * Does what a click on the poster does: loads the engine and opens the camera or the pad. Rejects with a
   * `KShotError` where the engine cannot be had; it can be tried again.
   */
  start(): Promise<void> {
    this.#starting ??= this.#start().finally(() => {
      this.#starting = null;
    });
    return this.#starting;
  }

  /** Closes the camera. Classes and shots stay; `start` goes on. */
  stop(): void {
    this.#view?.stop();
  }

  /**
   * Asks about a picture as if it came from the camera: it shows the answer, fires `prediction` and gives it. Null
   * before `start`, and where another was asked about meanwhile. Throws as `KShot.classify` does.
   */
  async ask(source: FrameSource): Promise<Prediction | null> {
    return (await this.#view?.ask(source)) ?? null;
  }

  /** What the element is doing. */
  get state(): ElementState {
    return this.#state;
  }

  /** The JavaScript API on this element's classes; null before `ready`. */
  get kshot(): KShot | null {
    return this.#view?.kshot ?? null;
  }

  get task(): Task {
    return readAttribute.task(this.getAttribute("task"));
  }
  set task(value: Task) {
    this.setAttribute("task", value);
  }

  /** For objects what `Settings.method` takes, for drawings any of the lab's methods; null for what each begins with. */
  get method(): string | null {
    return this.getAttribute("method")?.trim() || null;
  }
  set method(value: string | null) {
    this.#set("method", value);
  }

  get metric(): Metric {
    return readAttribute.metric(this.getAttribute("metric"));
  }
  set metric(value: Metric) {
    this.setAttribute("metric", value);
  }

  /** Names of the classes to begin with. */
  get classes(): string[] {
    return readAttribute.classes(this.getAttribute("classes"));
  }
  /** Frameworks that find a property set it, also to what an attribute would be. */
  set classes(names: readonly string[] | string) {
    this.setAttribute("classes", typeof names === "string" ? names : names.join(", "));
  }

  /** Shots a class at which recording stops, the K of K-shot; null for no limit. */
  get shots(): number | null {
    return readAttribute.shots(this.getAttribute("shots"));
  }
  set shots(count: number | null) {
    this.#set("shots", count);
  }

  get threshold(): number | "auto" {
    return readAttribute.threshold(this.getAttribute("threshold"));
  }
  set threshold(value: number | "auto") {
    this.setAttribute("threshold", String(value));
  }

  get backend(): BackendChoice {
    return readAttribute.backend(this.getAttribute("backend"));
  }
  set backend(value: BackendChoice) {
    this.setAttribute("backend", value);
  }

  /** URL of a `.kshot` file to begin with. */
  get src(): string | null {
    const src = this.getAttribute("src");
    return src === null || src.trim() === "" ? null : new URL(src, this.baseURI).href;
  }
  set src(value: string | null) {
    this.#set("src", value);
  }

  /** URL of a picture behind the start button. */
  get poster(): string | null {
    return this.getAttribute("poster");
  }
  set poster(value: string | null) {
    this.#set("poster", value);
  }

  get controls(): Controls {
    return readAttribute.controls(this.getAttribute("controls"));
  }
  set controls(value: Controls) {
    this.setAttribute("controls", value);
  }

  override addEventListener<K extends keyof KShotElementEventMap>(
    type: K,
    listener: (this: KShotElement, event: KShotElementEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(
    type: string,
    listener: unknown,
    options?: boolean | AddEventListenerOptions,
  ): void {
    super.addEventListener(type, listener as EventListener, options);
  }

  async #start(): Promise<void> {
    const root = this.#root;
    if (root === null) throw new Error("a k-shot element is started when it is in a page");
    if (this.#view === null) {
      this.#poster?.setBusy(true);
      this.#setState("loading");
      try {
        const { View } = await KShotElement.loadView();
        this.#poster?.remove();
        this.#view = new View(this, root, {
          state: (state) => this.#setState(state),
          tell: (type, detail) => void this.dispatchEvent(new CustomEvent(type, { detail })),
        });
      } catch (error) {
        this.#setState("poster");
        const says = posterWords[languageOf(this)].failed;
        this.#poster?.setBusy(false, says);
        const message = error instanceof Error ? error.message : String(error);
        const detail = { code: "code_unavailable", message, says, todo: "" };
        this.dispatchEvent(new CustomEvent("error", { detail }));
        throw error;
      }
    }
    if (this.isConnected) await this.#view.start();
  }

  #setState(state: ElementState): void {
    if (state === this.#state) return;
    const before = this.#state;
    this.#state = state;
    this.dispatchEvent(new CustomEvent("statechange", { detail: { state, before } }));
  }

  #showPoster(): void {
    if (this.#view === null) this.#poster?.show(languageOf(this), this.task, this.classes, this.poster);
  }

  #set(name: string, value: string | number | null): void {
    if (value === null) this.removeAttribute(name);
    else this.setAttribute(name, String(value));
  }

  /** Properties that were set before the element was defined hide the accessors; they are set again. */
  #keepProperties(): void {
    const own = this as Record<string, unknown>;
    for (const name of ATTRIBUTES) {
      if (name === "lang" || !Object.hasOwn(this, name)) continue;
      const value = own[name];
      delete own[name];
      own[name] = value;
    }
  }
}

/** Defines `<k-shot>`; does nothing where it is defined already, by this script or by another copy of it. */
export function defineElement(loadView: LoadView): void {
  if (typeof customElements === "undefined" || customElements.get("k-shot") !== undefined) return;
  KShotElement.loadView = loadView;
  customElements.define("k-shot", KShotElement);
}
