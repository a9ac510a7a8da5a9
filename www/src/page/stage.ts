/**
 * The stage: the camera, a photo that was dropped or opened, or the sample photos. It decides which of
 * them is the picture that is asked about, and shows the face page or the drawing page in the place of all of them.
 */
import { KShotError } from "../errors.ts";
import type { Answer } from "../types.ts";
import type { App } from "./app.ts";
import { type CameraElements, CameraView, type Mode } from "./camera-view.ts";
import type { Pace } from "./device-panel.ts";
import { find } from "./dom.ts";
import { acceptDrops, filesOf } from "./drops.ts";
import { words } from "./language.ts";
import type { LazyTab } from "./lazy-tab.ts";
import { Refusals } from "./refusals.ts";
import type { SamplesView } from "./samples.ts";
import { showToast } from "./toast.ts";

type Tab = "camera" | "samples" | "face" | "draw";
const TABS: readonly Tab[] = ["camera", "samples", "face", "draw"];

/** Pages of their own, loaded when they are opened. */
interface Pages {
  face: LazyTab;
  draw: LazyTab;
}

export class Stage {
  readonly #app: App;
  readonly #samples: SamplesView;
  readonly #pages: Pages;
  readonly #refusals = new Refusals(find("stage-files"));
  readonly #photo = find<HTMLImageElement>("photo");
  readonly camera: CameraView<Answer>;
  #tab: Tab = "camera";
  #photoUrl: string | null = null;

  constructor(app: App, pace: Pace, samples: SamplesView, pages: Pages) {
    this.#app = app;
    this.#samples = samples;
    this.#pages = pages;
    const asking = {
      ask: (video: HTMLVideoElement) => app.answered(() => app.ready?.classify(video)),
      show: (answer: Answer) => {
        pace.add(answer.timing);
        app.show(answer);
      },
    };
    this.camera = new CameraView(app, findCamera(), asking, (mode) =>
      this.#show(this.#photoUrl === null ? mode : "photo"),
    );
    for (const tab of TABS) {
      const button = find(`tab-${tab}`);
      button.addEventListener("click", () => this.open(tab));
      button.addEventListener("keydown", (event) => {
        if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
        const step = event.key === "ArrowRight" ? 1 : TABS.length - 1;
        const other = TABS[(TABS.indexOf(tab) + step) % TABS.length] ?? tab;
        this.open(other);
        find(`tab-${other}`).focus();
      });
    }
    for (const link of find("stage").querySelectorAll(".to-samples"))
      link.addEventListener("click", () => this.open("samples"));
    find("back-to-camera").addEventListener("click", () => {
      this.closePhoto();
      if (this.camera.mode === "frozen") this.camera.toggleFreeze();
      else void this.camera.openIfAllowed();
    });
    const input = find<HTMLInputElement>("photo-file");
    find("open-photo").addEventListener("click", () => input.click());
    input.addEventListener("change", () => {
      const file = input.files?.[0];
      input.value = "";
      if (file !== undefined) void this.#openPhoto(file);
    });
    acceptDrops(find("stage"), async (transfer) => {
      const [first] = await filesOf(transfer);
      if (first === undefined) showToast(words().noPhotosFound);
      else await this.#openPhoto(first.file);
    });
    app.events.on("engine", () => this.#askAgain());
    app.events.on("status", (status) => {
      if (status === "ready") this.#askAgain();
    });
  }

  /** Shows the camera, the samples or another page. */
  open(tab: Tab): void {
    if (tab === this.#tab) return;
    this.#switchTo(tab);
    if (tab === "camera") void this.camera.openIfAllowed();
  }

  #switchTo(tab: Tab): void {
    if (this.#tab === "face" || this.#tab === "draw") this.#pages[this.#tab].close();
    this.#tab = tab;
    document.documentElement.dataset.tab = tab;
    for (const one of TABS) {
      find(`tab-${one}`).setAttribute("aria-selected", String(one === tab));
      find(`tab-${one}`).tabIndex = one === tab ? 0 : -1;
      find(`panel-${one}`).hidden = one !== tab;
    }
    this.#refusals.clear();
    this.closePhoto();
    if (this.camera.mode !== "off") this.camera.close();
    this.#app.show(null);
    if (tab === "face" || tab === "draw") {
      this.#app.usePicture(null);
      this.#pages[tab].open();
    } else if (tab === "samples") {
      this.#app.usePicture(() => this.#samples.picture);
      void this.#samples.open();
    } else {
      this.#show(this.camera.mode);
    }
  }

  /** Holds the picture still, or goes on; does nothing where nothing moves. */
  toggleFreeze(): void {
    if (this.#tab === "camera" && this.#photoUrl === null) this.camera.toggleFreeze();
  }

  /** Takes the photo away again. */
  closePhoto(): void {
    if (this.#photoUrl === null) return;
    URL.revokeObjectURL(this.#photoUrl);
    this.#photoUrl = null;
    this.#photo.removeAttribute("src");
    this.#app.show(null);
    this.#show(this.camera.mode);
  }

  async #openPhoto(file: File): Promise<void> {
    this.#refusals.clear();
    if (this.#app.ready === null) {
      showToast(words().stillLoading);
      return;
    }
    const comeBack = this.camera.stepAside();
    try {
      const answer = await this.#app.answered(() => this.#app.ready?.classify(file));
      // Whatever was turned on meanwhile is behind the photo.
      this.camera.stepAside();
      if (this.#tab === "samples") this.#switchTo("camera");
      if (this.#photoUrl !== null) URL.revokeObjectURL(this.#photoUrl);
      this.#photoUrl = URL.createObjectURL(file);
      this.#photo.src = this.#photoUrl;
      this.#photo.alt = file.name;
      this.#show("photo");
      if (answer !== null) this.#app.show(answer);
    } catch (error) {
      if (!(error instanceof KShotError)) throw error;
      this.#refusals.add(file.name, error);
      if (this.#photoUrl === null) comeBack();
    }
  }

  /** After the engine came back it knows no query: ask about the picture that stands still. */
  #askAgain(): void {
    const picture = this.#app.picture;
    if (picture !== null && !picture.moving) void this.#app.ask(picture.source).catch(() => {});
  }

  #show(mode: Mode | "photo"): void {
    const { video } = this.camera;
    const live = mode === "live" || mode === "frozen";
    find("stage").dataset.mode = mode;
    video.hidden = !live;
    this.#photo.hidden = mode !== "photo";
    find("camera-off").hidden = mode !== "off";
    find("camera-opening").hidden = mode !== "opening";
    find("stage-error").hidden = mode !== "error";
    find("freeze").hidden = !live;
    find("camera-off-button").hidden = !live;
    find("back-to-camera").hidden = mode !== "photo";
    if (mode === "photo") {
      find("frozen").hidden = true;
      this.#app.usePicture(() => ({ source: this.#photo, moving: false }));
    } else if (live) {
      const moving = mode === "live";
      this.#app.usePicture(() =>
        video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA ? { source: video, moving } : null,
      );
    } else {
      this.#app.usePicture(null);
      if (this.#tab === "camera") this.#app.show(null);
    }
  }
}

function findCamera(): CameraElements {
  return {
    view: find("view"),
    video: find<HTMLVideoElement>("video"),
    picker: find<HTMLSelectElement>("camera-picker"),
    on: find("camera-on"),
    off: find("camera-off-button"),
    flip: find("camera-flip"),
    freeze: { button: find("freeze"), badge: find("frozen") },
    error: find("stage-error"),
    errorSays: find("stage-error-says"),
    errorTodo: find("stage-error-todo"),
    retry: find("stage-retry"),
  };
}
