/**
 * The camera on a page: asking for it, choosing one, turning it round, freezing it, and what to do
 * when it cannot be had. Mirrored for the eye only, and not where it looks away from the user.
 */
import { Camera, type CameraChoice, cameraAllowed, listCameras, watchCameras } from "../camera.ts";
import { asKShotError, type KShotError } from "../errors.ts";
import type { ErrorCode } from "../types.ts";
import type { App } from "./app.ts";
import { setLabel, setText } from "./dom.ts";
import { type Asking, watchVideo } from "./frame-loop.ts";
import { onLanguage, words, wordsOf } from "./language.ts";

/** What trying again cannot change: the page has to be opened otherwise. */
const LASTING = new Set<ErrorCode>(["camera_insecure", "camera_not_delegated", "camera_forbidden"]);

/** What the stage shows. */
export type Mode = "off" | "opening" | "live" | "frozen" | "error";

/** Where it is shown and steered. */
export interface CameraElements {
  view: HTMLElement;
  video: HTMLVideoElement;
  picker: HTMLSelectElement;
  on: HTMLElement;
  off: HTMLElement;
  flip: HTMLElement;
  /** The button that holds the picture still, and what says that it is; null where it cannot be held. */
  freeze: { button: HTMLElement; badge: HTMLElement } | null;
  error: HTMLElement;
  errorSays: HTMLElement;
  errorTodo: HTMLElement;
  retry: HTMLElement;
}

export class CameraView<T> {
  readonly #app: App;
  readonly #camera = new Camera();
  readonly #elements: CameraElements;
  readonly #asking: Asking<T>;
  readonly #onMode: (mode: Mode) => void;
  #mode: Mode = "off";
  #error: KShotError | null = null;
  #choice: CameraChoice = { facing: "user" };
  /** Counts what was begun: opening that is no longer wanted ends without a word. */
  #turn = 0;
  #stopWatching: (() => void) | null = null;

  constructor(app: App, elements: CameraElements, asking: Asking<T>, onMode: (mode: Mode) => void) {
    this.#app = app;
    this.#elements = elements;
    this.#asking = asking;
    this.#onMode = onMode;
    this.#camera.onEnded = (error) => this.#fail(error);
    elements.on.addEventListener("click", () => this.open());
    elements.retry.addEventListener("click", () => this.open());
    elements.off.addEventListener("click", () => this.close());
    elements.flip.addEventListener("click", () => {
      this.open({ facing: this.#camera.facing === "user" ? "environment" : "user" });
    });
    elements.freeze?.button.addEventListener("click", () => this.toggleFreeze());
    elements.picker.addEventListener("change", () => this.open({ deviceId: elements.picker.value }));
    elements.video.addEventListener("resize", () => this.#measure());
    watchCameras(() => this.#list());
    onLanguage(() => {
      void this.#list();
      this.#showError();
      this.#showFreeze();
    });
    // A page that is left and kept must not hold the camera.
    addEventListener("pagehide", () => this.close());
  }

  get mode(): Mode {
    return this.#mode;
  }

  get video(): HTMLVideoElement {
    return this.#elements.video;
  }

  /** Opens the camera by itself where the user allowed it before. */
  async openIfAllowed(): Promise<void> {
    const turn = this.#turn;
    if (!window.isSecureContext || !(await cameraAllowed())) return;
    if (turn === this.#turn && this.#mode === "off") await this.open();
  }

  /** Opens a camera, or says why not. */
  async open(choice: CameraChoice = this.#choice): Promise<void> {
    this.#choice = choice;
    const turn = this.#halt();
    this.#setMode("opening");
    try {
      this.#elements.video.srcObject = await this.#camera.open(choice);
      await this.#elements.video.play();
    } catch (error) {
      if (turn === this.#turn) this.#fail(asKShotError(error, "camera_failed"));
      return;
    }
    if (turn !== this.#turn) return;
    this.#elements.video.classList.toggle("mirrored", this.#camera.facing === "user");
    this.#measure();
    this.#setMode("live");
    this.#watch();
  }

  /** Lets the camera go. */
  close(): void {
    this.#halt();
    this.#camera.stop();
    this.#setMode("off");
  }

  /** Makes way for another picture: a live one stands still, one that is opening is given up. Gives the way back. */
  stepAside(): () => void {
    const before = this.#mode;
    if (before === "live") this.#freeze();
    else if (before === "opening") this.close();
    else this.#halt();
    return () => {
      if (before === "live" && this.#mode === "frozen") this.toggleFreeze();
      if (before === "opening" && this.#mode === "off") void this.open();
    };
  }

  /** Holds the picture still, or goes on. */
  toggleFreeze(): void {
    if (this.#mode === "live") {
      this.#freeze();
      // The frame on show may be newer than the last one that was asked about.
      void this.#askOnce().catch(() => {});
    } else if (this.#mode === "frozen") {
      void this.#elements.video.play();
      this.#setMode("live");
      this.#watch();
    }
  }

  #freeze(): void {
    this.#halt();
    this.#elements.video.pause();
    this.#setMode("frozen");
  }

  async #askOnce(): Promise<void> {
    const answer = await this.#asking.ask(this.#elements.video);
    if (answer !== null) this.#asking.show(answer);
  }

  #watch(): void {
    this.#stopWatching = watchVideo(this.#app, this.#elements.video, this.#asking, (error) => {
      // A failed engine says so by itself, over the whole page.
      if (this.#app.engine?.status !== "failed") this.#fail(asKShotError(error, "engine_crashed"));
    });
  }

  #halt(): number {
    this.#stopWatching?.();
    this.#stopWatching = null;
    return ++this.#turn;
  }

  #fail(error: KShotError): void {
    this.#halt();
    this.#camera.stop();
    this.#error = error;
    this.#setMode("error");
    this.#showError();
  }

  #setMode(mode: Mode): void {
    this.#mode = mode;
    if (mode === "off" || mode === "error" || mode === "opening") this.#elements.video.srcObject = null;
    this.#showFreeze();
    this.#onMode(mode);
    void this.#list();
  }

  #showError(): void {
    if (this.#error === null) return;
    const { says, todo } = wordsOf(this.#error);
    setText(this.#elements.errorSays, says);
    setText(this.#elements.errorTodo, todo);
    this.#elements.error.dataset.code = this.#error.code;
    this.#elements.retry.hidden = LASTING.has(this.#error.code);
  }

  #showFreeze(): void {
    if (this.#elements.freeze === null) return;
    const { button, badge } = this.#elements.freeze;
    const frozen = this.#mode === "frozen";
    button.setAttribute("aria-pressed", String(frozen));
    const label = button.querySelector("span");
    if (label !== null) {
      label.dataset.word = frozen ? "resume" : "freeze";
      setText(label, frozen ? words().resume : words().freeze);
    }
    badge.hidden = !frozen;
  }

  /** Tells the styles how the centre square lies in the picture. */
  #measure(): void {
    const { video, view } = this.#elements;
    const { videoWidth, videoHeight } = video;
    if (videoHeight === 0) return;
    view.style.setProperty("--aspect", String(videoWidth / videoHeight));
    view.classList.toggle("tall", videoWidth / videoHeight < 4 / 3);
  }

  async #list(): Promise<void> {
    const cameras = await listCameras().catch(() => []);
    const open = this.#camera.stream !== null;
    const { picker, flip } = this.#elements;
    const options = cameras.map(({ id, label }, i) => new Option(label || words().cameraNumber(i + 1), id));
    const asked = "deviceId" in this.#choice ? this.#choice.deviceId : null;
    const shown = cameras.find(({ id }) => id === (this.#camera.deviceId ?? asked));
    // Where none is shown, any can be chosen.
    if (shown === undefined) options.unshift(new Option(words().chooseCamera, ""));
    picker.replaceChildren(...options);
    picker.value = shown?.id ?? "";
    setLabel(picker, words().chooseCamera);
    picker.hidden = this.#mode === "off" || cameras.length < 2;
    // Only a phone has a back; two webcams are chosen by name.
    flip.hidden = !open || cameras.length < 2 || !matchMedia("(pointer: coarse)").matches;
  }
}
