/**
 * The picture that is asked about: the camera or a photo, with what was found drawn over it, and the buttons that
 * choose between them. Photos are shown from memory and let go with the next one.
 */
import { asKShotError } from "../../errors.ts";
import type { App } from "../app.ts";
import { CameraView, type Mode } from "../camera-view.ts";
import { make, makeIcon, makeTool, setText } from "../dom.ts";
import { acceptDrops, filesOf } from "../drops.ts";
import { onLanguage, words } from "../language.ts";
import { Refusals } from "../refusals.ts";
import { Overlay } from "./overlay.ts";
import { pickFiles } from "./pick-files.ts";
import { faceWords, sayCount } from "./words.ts";
import type { FaceWork, Seen } from "./work.ts";

export class PicturePane {
  readonly element = make("section", "face-picture");
  readonly camera: CameraView<Seen>;
  readonly refusals = new Refusals();
  readonly #work: FaceWork;
  readonly #view = make("div", "view face-view");
  readonly #video = make("video");
  readonly #photo = make("img");
  readonly #overlay = new Overlay();
  readonly #off = make("div", "stage-message");
  readonly #on = make("button", "primary large");
  readonly #onSays = make("span");
  readonly #private = make("p", "fine");
  readonly #opening = make("p", "stage-message");
  readonly #error = make("div", "stage-message");
  readonly #errorSays = make("p", "says");
  readonly #errorTodo = make("p");
  readonly #retry = make("button", "primary");
  readonly #hint = make("p", "drop-hint");
  readonly #note = make("p", "face-note fine");
  readonly #picker = make("select", "camera-choice");
  readonly #flip = makeTool("flip", () => {});
  readonly #close = makeTool("off", () => {});
  readonly #back = makeTool("camera", () => this.openCamera());
  readonly #ask = makeTool("photo", () => void this.#pick());
  /** Called when the camera is on or off. */
  onLive: () => void = () => {};
  /** The photo on show. */
  #asked: Blob | null = null;
  #photoUrl: string | null = null;
  #mode: Mode = "off";

  constructor(app: App, work: FaceWork) {
    this.#work = work;
    this.#video.muted = this.#video.playsInline = true;
    this.#video.disablePictureInPicture = true;
    this.#on.type = this.#retry.type = "button";
    this.#on.append(makeIcon("camera"), this.#onSays);
    this.#off.append(this.#on, this.#private);
    this.#error.setAttribute("role", "alert");
    this.#error.append(this.#errorSays, this.#errorTodo, this.#retry);
    this.#ask.button.classList.add("end");
    this.#flip.button.classList.add("camera-choice");
    this.#view.append(this.#video, this.#photo, this.#overlay.element);
    this.#view.append(this.#off, this.#opening, this.#error, this.#hint);
    const controls = make("div", "stage-controls", this.#picker, this.#flip.button, this.#close.button);
    controls.append(this.#back.button, this.#ask.button);
    this.element.append(this.#view, this.#note, controls, this.refusals.element);
    const elements = {
      view: this.#view,
      video: this.#video,
      picker: this.#picker,
      on: this.#on,
      off: this.#close.button,
      flip: this.#flip.button,
      freeze: null,
      error: this.#error,
      errorSays: this.#errorSays,
      errorTodo: this.#errorTodo,
      retry: this.#retry,
    };
    const asking = {
      ask: (video: HTMLVideoElement) => work.ask(video),
      show: (seen: Seen) => work.show(seen),
    };
    this.camera = new CameraView(app, elements, asking, (mode) => this.#setMode(mode));
    this.#setMode("off");
    acceptDrops(this.element, async (transfer) => {
      const [first] = await filesOf(transfer);
      if (first !== undefined) await this.ask(first.file);
    });
    work.events.on("seen", (seen) => this.#show(seen));
    onLanguage(() => this.#say());
  }

  /** Whether the camera shows something. */
  get live(): boolean {
    return this.#mode === "live";
  }

  /** Opens the camera, in the place of a photo if there is one. */
  openCamera(): void {
    this.#closePhoto();
    if (this.#mode === "live" || this.#mode === "opening") return;
    void this.camera.open();
  }

  /** Opens the camera where the user allowed it before. */
  openIfAllowed(): void {
    if (this.#photoUrl === null) void this.camera.openIfAllowed();
  }

  /** Shows a photo and asks about it; a file that is none is refused, and the picture stays. */
  async ask(file: Blob, name = file instanceof File ? file.name : ""): Promise<void> {
    this.refusals.clear();
    // An enrolment is by the camera alone; photos have a button of their own.
    if (this.#work.faces === null || this.#work.task === "enrol") return;
    const url = URL.createObjectURL(file);
    try {
      if (this.#work.task === "challenge") await this.#work.cancelTask();
      this.camera.close();
      const seen = await this.#work.ask(file);
      this.#closePhoto();
      this.#photoUrl = url;
      this.#asked = file;
      this.#photo.src = url;
      this.#photo.alt = faceWords().photoAlt(name);
      this.#setMode(this.#mode);
      this.#work.gate.close();
      this.#work.show(seen);
    } catch (error) {
      URL.revokeObjectURL(url);
      this.refusals.add(name, asKShotError(error, "picture_unreadable"));
    }
  }

  /** Asks about the photo on show anew, if there is one. */
  askAgain(): void {
    const file = this.#asked;
    if (file === null || this.#work.task !== "answer") return;
    void this.#work
      .ask(file)
      .then((seen) => {
        if (seen !== null && this.#asked === file) this.#work.show(seen);
      })
      // Not even now: the loader, or the whole page, says why.
      .catch(() => {});
  }

  /** Lets go of the camera and of the photo. */
  close(): void {
    this.camera.close();
    this.#closePhoto();
  }

  async #pick(): Promise<void> {
    const [file] = await pickFiles({ multiple: false, label: faceWords().askPhoto });
    if (file !== undefined) await this.ask(file);
  }

  #closePhoto(): void {
    if (this.#photoUrl === null) return;
    URL.revokeObjectURL(this.#photoUrl);
    this.#photoUrl = this.#asked = null;
    this.#photo.removeAttribute("src");
    this.#photo.alt = "";
    this.#work.show(null);
    this.#setMode(this.#mode);
  }

  #setMode(mode: Mode): void {
    this.#mode = mode;
    const photo = this.#photoUrl !== null;
    const live = mode === "live" && !photo;
    this.element.dataset.mode = photo ? "photo" : mode;
    this.#video.hidden = !live;
    this.#photo.hidden = !photo;
    this.#off.hidden = photo || mode !== "off";
    this.#opening.hidden = photo || mode !== "opening";
    this.#error.hidden = photo || mode !== "error";
    this.#close.button.hidden = !live;
    this.#back.button.hidden = !photo;
    if (!live && !photo) this.#work.show(null);
    this.onLive();
  }

  #show(seen: Seen | null): void {
    const mirrored = this.#photoUrl === null && this.#video.classList.contains("mirrored");
    this.#overlay.element.classList.toggle("mirrored", mirrored);
    this.#overlay.update(seen);
    const { several, times } = faceWords();
    const count = seen?.look.faces.length ?? 0;
    const notes = count > 1 ? [several(count)] : [];
    if (seen !== null) {
      const { detect, align, embed } = seen.look.timing;
      const device = words().backendName[seen.look.backend];
      notes.push(times(device, sayCount(Math.round(detect)), sayCount(Math.round(align + embed))));
    }
    setText(this.#note, notes.join(" "));
    this.#note.classList.toggle("several", count > 1);
  }

  #say(): void {
    const says = faceWords();
    const { flip, turnOff, retry } = words();
    this.element.setAttribute("aria-label", says.picture);
    setText(this.#onSays, says.turnOn);
    setText(this.#private, says.private);
    setText(this.#opening, says.opening);
    setText(this.#retry, retry);
    setText(this.#hint, says.dropPhoto);
    setText(this.#flip.text, flip);
    setText(this.#close.text, turnOff);
    setText(this.#back.text, says.backToCamera);
    setText(this.#ask.text, says.askPhoto);
    this.#show(this.#work.seen);
  }
}
