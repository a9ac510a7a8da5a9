/** Keeping the camera task put together: what is saved, files out and in, and starting over. */
import { type KShot, KShotError } from "../../kshot.ts";
import type { App } from "../app.ts";
import { find, setText } from "../dom.ts";
import { offerFiles, onFiles } from "../drops.ts";
import { words } from "../language.ts";
import { showToast } from "../toast.ts";
import { undo } from "../undo.ts";
import { KeepControls } from "./controls.ts";
import { Files, isKshotFile } from "./files.ts";
import { Keeper } from "./keeper.ts";
import { ObjectsWork } from "./objects.ts";
import { SavedLine } from "./saved-line.ts";
import { keepWords } from "./words.ts";

const OTHERS: ReadonlySet<string> = new Set(["draw", "face"]);

export class Keeping {
  readonly #app: App;
  readonly #work: ObjectsWork;
  readonly #keeper: Keeper;
  readonly #files: Files;
  #engine: KShot | null = null;

  constructor(app: App) {
    this.#app = app;
    this.#work = new ObjectsWork(async (restore, undoable) => {
      // At the start this is the last step of loading, and its line is on show.
      const onProgress = (done: number, total: number) =>
        setText(find("loading-step"), keepWords().anew(done, total));
      const step = this.#engine?.newStep();
      const { embeddedAnew, lost } = await restore({ step, onProgress });
      const says = keepWords();
      const told = undoable ? [says.loaded] : [];
      if (embeddedAnew > 0) told.push(says.embeddedAnew(embeddedAnew));
      if (lost > 0) told.push(says.lost(lost));
      if (told.length > 0) showToast(told.join(" "), undoable ? () => void undo(app, step) : undefined);
    });
    let taken: number | undefined;
    this.#keeper = new Keeper(this.#work);
    this.#files = new Files(app, {
      kind: "objects",
      state: () => this.#use().exportState(),
      put: (state, options) => {
        const engine = this.#use();
        taken = engine.newStep();
        return engine.restoreState(state, { ...options, step: taken });
      },
      undo: () => void undo(app, taken),
    });
    this.#files.takeAll();
    for (const event of ["support", "settings"] as const) app.events.on(event, () => this.#keeper.changed());
    this.#makeControls();
    onFiles((files) => {
      const file = files.find(isKshotFile);
      // The drawing and the face page have files of their own.
      if (file === undefined || app.ready === null) return false;
      if (OTHERS.has(document.documentElement.dataset.tab ?? "")) return false;
      void this.#files.open(file);
      return true;
    });
  }

  /** Brings back what was saved, before anyone sees the engine; an engine after a failed one brings its own. */
  async prepare(engine: KShot): Promise<void> {
    const first = this.#engine === null;
    this.#engine = engine;
    this.#work.use(engine);
    if (first) await this.#keeper.start();
  }

  /** Opens what the address names. */
  async openAddress(): Promise<void> {
    const src = new URL(location.href).searchParams.get("src");
    if (src === null || src === "") return;
    if (!(await this.#files.openAddress(src))) return;
    // It is taken in and saved here; a reload must not ask again. The tab in the address may be another by now.
    const address = new URL(location.href);
    address.searchParams.delete("src");
    history.replaceState(history.state, "", address);
  }

  #use(): KShot {
    const engine = this.#app.ready;
    if (engine === null) throw new KShotError("engine_crashed", "the engine is not ready");
    return engine;
  }

  #makeControls(): void {
    const saved = new SavedLine(this.#keeper);
    const controls = new KeepControls(
      saved,
      ".kshot,.zip,.tm",
      {
        open: (file) => {
          if (!offerFiles([file], true)) void this.#files.open(file);
        },
        save: () => void this.#files.save(),
        startOver: () => void this.#startOver(),
      },
      () => ({ open: keepWords().openTitle, save: keepWords().saveTitle }),
    );
    find("keep").append(controls.element);
    find("keep-notice").append(saved.notice);
    const show = () => {
      const filled = this.#app.engine?.support.classes.some(({ shots }) => shots.length > 0) ?? false;
      controls.update(this.#app.ready !== null, filled);
    };
    for (const event of ["support", "status"] as const) this.#app.events.on(event, show);
    show();
  }

  async #startOver(): Promise<void> {
    const engine = this.#app.ready;
    if (engine === null) return;
    const step = engine.newStep();
    await engine.clear({ step });
    for (const n of [1, 2]) await engine.addClass(words().newClassName(n), { step });
    showToast(keepWords().startedOver, () => void undo(this.#app, step));
  }
}
