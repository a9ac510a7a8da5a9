/**
 * The camera on the stage: asking for it, choosing one, turning it round, freezing it, and what to do
 * when it cannot be had. Mirrored for the eye only, and not where it looks away from the user.
 */
import { Camera, type CameraChoice, cameraAllowed, listCameras, watchCameras } from "../camera.ts";
import { asKShotError, type KShotError } from "../errors.ts";
import type { App } from "./app.ts";
import type { Pace } from "./device-panel.ts";
import { find, make, setLabel, setText } from "./dom.ts";
import { watchVideo } from "./frame-loop.ts";
import { onLanguage, words, wordsOf } from "./language.ts";

/** What the stage shows. */
export type Mode = "off" | "opening" | "live" | "frozen" | "error";

export class CameraView {
  readonly #app: App;
  readonly #pace: Pace;
  readonly #camera = new Camera();
  readonly #video = find<HTMLVideoElement>("video");
  readonly #picker = find<HTMLSelectElement>("camera-picker");
  readonly #onMode: (mode: Mode) => void;
  #mode: Mode = "off";
  #error: KShotError | null = null;
  #choice: CameraChoice = { facing: "user" };
  #stopWatching: (() => void) | null = null;

  constructor(app: App, pace: Pace, onMode: (mode: Mode) => void) {
    this.#app = app;
    this.#pace = pace;
    this.#onMode = onMode;
    this.#camera.onEnded = (error) => this.#fail(error);
    find("camera-on").addEventListener("click", () => this.open());
    find("stage-retry").addEventListener("click", () => this.open());
    find("camera-off-button").addEventListener("click", () => this.close());
    find("camera-flip").addEventListener("click", () => {
      this.open({ facing: this.#camera.facing === "user" ? "environment" : "user" });
    });
    find("freeze").addEventListener("click", () => this.toggleFreeze());
    this.#picker.addEventListener("change", () => this.open({ deviceId: this.#picker.value }));
    this.#video.addEventListener("resize", () => this.#measure());
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
    return this.#video;
  }

  /** Opens the camera by itself where the user allowed it before. */
  async openIfAllowed(): Promise<void> {
    if (window.isSecureContext && (await cameraAllowed()) && this.#mode === "off") await this.open();
  }

  /** Opens a camera, or says why not. */
  async open(choice: CameraChoice = this.#choice): Promise<void> {
    this.#choice = choice;
    this.#halt();
    this.#setMode("opening");
    try {
      this.#video.srcObject = await this.#camera.open(choice);
      await this.#video.play();
    } catch (error) {
      // Another one was chosen, or the camera closed, while this one was opening: that call goes on.
      if (this.#mode !== "opening" || this.#camera.stream !== null) return;
      this.#fail(asKShotError(error, "camera_failed"));
      return;
    }
    this.#video.classList.toggle("mirrored", this.#camera.facing === "user");
    this.#measure();
    this.#setMode("live");
    this.#watch();
    await this.#list();
  }

  /** Lets the camera go. */
  close(): void {
    this.#halt();
    this.#camera.stop();
    this.#setMode("off");
  }

  /** Holds the picture still, or goes on. */
  toggleFreeze(): void {
    if (this.#mode === "live") {
      this.#halt();
      this.#video.pause();
      this.#setMode("frozen");
      // The frame on show may be newer than the last one that was asked about.
      void this.#app.ask(this.#video).catch(() => {});
    } else if (this.#mode === "frozen") {
      void this.#video.play();
      this.#setMode("live");
      this.#watch();
    }
  }

  #watch(): void {
    this.#stopWatching = watchVideo(this.#app, this.#video, this.#pace, (error) => {
      // A failed engine says so by itself, over the whole page.
      if (this.#app.engine?.status !== "failed") this.#fail(asKShotError(error, "engine_crashed"));
    });
  }

  #halt(): void {
    this.#stopWatching?.();
    this.#stopWatching = null;
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
    if (mode === "off" || mode === "error" || mode === "opening") this.#video.srcObject = null;
    this.#showFreeze();
    this.#onMode(mode);
  }

  #showError(): void {
    if (this.#error === null) return;
    const { says, todo } = wordsOf(this.#error);
    setText(find("stage-error-says"), says);
    setText(find("stage-error-todo"), todo);
    find("stage-error").dataset.code = this.#error.code;
  }

  #showFreeze(): void {
    const button = find("freeze");
    const frozen = this.#mode === "frozen";
    button.setAttribute("aria-pressed", String(frozen));
    const label = button.querySelector("span");
    if (label !== null) {
      label.dataset.word = frozen ? "resume" : "freeze";
      setText(label, frozen ? words().resume : words().freeze);
    }
    find("frozen").hidden = !frozen;
  }

  /** Tells the styles how the centre square lies in the picture. */
  #measure(): void {
    const { videoWidth, videoHeight } = this.#video;
    if (videoHeight === 0) return;
    const view = find("view");
    view.style.setProperty("--aspect", String(videoWidth / videoHeight));
    view.classList.toggle("tall", videoWidth / videoHeight < 4 / 3);
  }

  async #list(): Promise<void> {
    const cameras = await listCameras().catch(() => []);
    const open = this.#camera.stream !== null;
    this.#picker.replaceChildren(
      ...cameras.map(({ id, label }, i) => {
        const option = make("option", "", label || words().cameraNumber(i + 1));
        option.value = id;
        return option;
      }),
    );
    this.#picker.value = this.#camera.deviceId ?? "";
    setLabel(this.#picker, words().chooseCamera);
    this.#picker.hidden = !open || cameras.length < 2;
    // Only a phone has a back; two webcams are chosen by name.
    find("camera-flip").hidden = !open || cameras.length < 2 || !matchMedia("(pointer: coarse)").matches;
  }
}
