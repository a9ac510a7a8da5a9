/**
 * The camera of an element: open while the element is on show, let go when it is not, opened again when it comes
 * back; frozen, turned round and turned off by its buttons. Mirrored for the eye only.
 */
import { Camera, type CameraChoice, listCameras } from "../camera.ts";
import { asKShotError, type KShotError } from "../errors.ts";
import { make, setLabel, setText } from "../page/dom.ts";
import { watchVideo } from "../page/frame-loop.ts";
import type { Answer } from "../types.ts";
import { drawIcon, type Icon } from "./icons.ts";
import type { View } from "./view.ts";

type Look = (video: HTMLVideoElement) => Promise<Answer | null>;

export class CameraPane {
  readonly element = make("div", "stage");
  readonly #view: View;
  readonly #look: Look | undefined;
  readonly #camera = new Camera();
  readonly #video = make("video");
  readonly #message = make("div", "message");
  readonly #says = make("p", "says");
  readonly #todo = make("p");
  readonly #open = make("button", "primary");
  readonly #freeze = makeTool("freeze");
  readonly #flip = makeTool("flip");
  readonly #off = makeTool("off");
  readonly #tools = make("div", "stage-tools", this.#freeze, this.#flip, this.#off);
  #choice: CameraChoice = { facing: "user" };
  #error: KShotError | null = null;
  /** Whether the camera is to be open whenever the element is on show. */
  #wanted = false;
  #shown = false;
  #frozen = false;
  #opening: Promise<void> | null = null;
  /** Counts what was begun: opening that is no longer wanted ends without a word. */
  #turn = 0;
  #stopWatching: (() => void) | null = null;

  /** `look` says what a frame shows, where that is not the engine's answer. */
  constructor(view: View, look?: Look) {
    this.#view = view;
    this.#look = look;
    Object.assign(this.#video, { playsInline: true, muted: true, disablePictureInPicture: true });
    this.#video.part.add("video");
    this.element.part.add("stage");
    this.#video.addEventListener("resize", () => this.#measure());
    // Browsers pause a video that is moved in the page.
    this.#video.addEventListener("pause", () => {
      if (this.#camera.stream !== null && !this.#frozen) void this.#video.play().catch(() => {});
    });
    this.#camera.onEnded = (error) => this.#fail(error);
    this.#open.type = "button";
    this.#open.addEventListener("click", () => void this.open());
    this.#freeze.addEventListener("click", () => this.toggleFreeze());
    this.#flip.addEventListener("click", () => {
      this.#choice = { facing: this.#camera.facing === "user" ? "environment" : "user" };
      this.#close();
      void this.open();
    });
    this.#off.addEventListener("click", () => this.close());
    this.#message.append(this.#says, this.#todo, this.#open);
    this.element.append(this.#video, make("div", "guide"), this.#message, this.#tools);
    this.#show();
  }

  /** Opens the camera, at once or as soon as the element is on show. Failures are shown, not thrown. */
  async open(): Promise<void> {
    this.#wanted = true;
    this.#error = null;
    if (this.#shown) await this.#start();
    else this.#view.setState("paused");
    this.#show();
  }

  /** Lets the camera go until it is opened again. */
  close(): void {
    this.#wanted = false;
    this.#error = null;
    this.#close();
    this.#view.setState("ready");
    this.#show();
  }

  /** The element came on show, or left it. */
  show(shown: boolean): void {
    this.#shown = shown;
    if (shown && this.#wanted) void this.#start();
    if (!shown && (this.#camera.stream !== null || this.#opening !== null)) {
      this.#close();
      this.#view.setState("paused");
      this.#show();
    }
  }

  toggleFreeze(): void {
    if (this.#camera.stream === null) return;
    this.#frozen = !this.#frozen;
    if (!this.#frozen) {
      void this.#video.play();
      this.#watch();
      this.#view.setState("live");
    } else {
      this.#halt();
      this.#video.pause();
      this.#view.setState("frozen");
      // The frame on show may be newer than the last one that was asked about.
      const { app } = this.#view;
      if (this.#look === undefined) void app.ask(this.#video).catch(() => {});
      else
        void this.#look(this.#video).then(
          (answer) => app.show(answer),
          () => {},
        );
    }
    this.#usePicture();
    this.#show();
  }

  /** Lets a picture from elsewhere be asked about: the camera's next frame waits. */
  async stepAside<T>(ask: () => Promise<T>): Promise<T> {
    this.#halt();
    try {
      return await ask();
    } finally {
      if (this.#camera.stream !== null && !this.#frozen) this.#watch();
    }
  }

  say(): void {
    const { words } = this.#view;
    const told = this.#error === null ? null : this.#view.wordsOf(this.#error);
    setText(this.#says, told?.says ?? (this.#opening === null ? "" : words.openingCamera));
    setText(this.#todo, told?.todo ?? "");
    setText(this.#open, told === null ? words.turnOnCamera : words.retry);
    setLabel(this.#freeze, this.#frozen ? words.resume : words.freeze);
    this.#freeze.setAttribute("aria-pressed", String(this.#frozen));
    setLabel(this.#flip, words.flip);
    setLabel(this.#off, words.turnOff);
  }

  dispose(): void {
    this.#close();
    this.#camera.onEnded = null;
  }

  #start(): Promise<void> {
    if (this.#camera.stream !== null) return Promise.resolve();
    if (this.#opening !== null) return this.#opening;
    const opening = this.#openCamera().finally(() => {
      if (this.#opening === opening) this.#opening = null;
      this.#show();
    });
    this.#opening = opening;
    this.#show();
    return opening;
  }

  async #openCamera(): Promise<void> {
    const turn = ++this.#turn;
    this.#view.setState("opening");
    try {
      this.#video.srcObject = await this.#camera.open(this.#choice);
      await this.#video.play();
    } catch (error) {
      if (turn === this.#turn) this.#fail(asKShotError(error, "camera_failed"));
      return;
    }
    if (turn !== this.#turn) return;
    this.#video.classList.toggle("mirrored", this.#camera.facing === "user");
    this.#measure();
    this.#watch();
    this.#usePicture();
    this.#view.setState("live");
    const cameras = await listCameras().catch(() => []);
    // Only a phone has a back; two webcams are chosen in the browser.
    this.#flip.hidden = cameras.length < 2 || !matchMedia("(pointer: coarse)").matches;
  }

  #watch(): void {
    this.#halt();
    const onError = (error: unknown) => {
      if (this.#view.kshot?.status !== "failed") this.#fail(asKShotError(error, "engine_crashed"));
    };
    const { app } = this.#view;
    const ask = this.#look ?? ((video) => app.answered(() => app.ready?.classify(video)));
    const show = (answer: Answer) => app.show(answer);
    this.#stopWatching = watchVideo(app, this.#video, { ask, show }, onError);
  }

  #halt(): void {
    this.#stopWatching?.();
    this.#stopWatching = null;
  }

  #usePicture(): void {
    const video = this.#video;
    const moving = !this.#frozen;
    this.#view.app.usePicture(() =>
      video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA
        ? { source: video, drawable: video, moving }
        : null,
    );
  }

  #close(): void {
    this.#halt();
    this.#turn++;
    this.#opening = null;
    this.#frozen = false;
    this.#camera.stop();
    this.#video.srcObject = null;
    this.#view.app.usePicture(null);
    this.#view.app.show(null);
  }

  #fail(error: KShotError): void {
    this.#wanted = false;
    this.#error = error;
    this.#close();
    this.#view.setState("ready");
    this.#view.tellError(error);
    this.#show();
  }

  #show(): void {
    const live = this.#camera.stream !== null && this.#video.srcObject !== null;
    this.#video.hidden = !live;
    this.#tools.hidden = !live || this.#view.host.controls === "none";
    this.#message.hidden = live;
    this.#open.hidden = this.#opening !== null || (this.#wanted && !this.#shown);
    if (this.#error === null) this.#message.removeAttribute("role");
    else this.#message.setAttribute("role", "alert");
    this.say();
  }

  /** Tells the styles how the centre square lies in the picture. */
  #measure(): void {
    const { videoWidth, videoHeight } = this.#video;
    if (videoHeight > 0) this.element.style.setProperty("--aspect", String(videoWidth / videoHeight));
  }
}

function makeTool(icon: Icon): HTMLButtonElement {
  const button = make("button", "tool");
  button.type = "button";
  button.append(drawIcon(icon));
  return button;
}
