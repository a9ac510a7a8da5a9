/**
 * The drawing page put together: what is asked about, the support set, and what every method says of it. Loaded
 * when Draw is opened; it loads the methods and sample characters itself, and can be drawn on meanwhile.
 */
import { asKShotError, KShotError } from "../../errors.ts";
import type { Lab } from "../../lab.ts";
import type { MethodId } from "../../lab-types.ts";
import type { App } from "../app.ts";
import { make } from "../dom.ts";
import { type FoundFile, onFiles } from "../drops.ts";
import { KeepControls } from "../keep/controls.ts";
import { DrawingFiles } from "../keep/drawing-files.ts";
import { DrawingsWork, EMPTY } from "../keep/drawings.ts";
import { Files, isKshotFile } from "../keep/files.ts";
import { Keeper } from "../keep/keeper.ts";
import { SavedLine } from "../keep/saved-line.ts";
import { keepWords } from "../keep/words.ts";
import { onLanguage } from "../language.ts";
import type { TabView } from "../lazy-tab.ts";
import { PartLoader } from "../part-loader.ts";
import { retireUndo, showToast } from "../toast.ts";
import { Asking, type Question } from "./asking.ts";
import { Controls } from "./controls.ts";
import { startDrawKeys } from "./draw-keys.ts";
import { Episodes } from "./episodes.ts";
import { MethodCards } from "./method-cards.ts";
import { compareOrders, type Moved, OrderView } from "./order.ts";
import { type Asked, Overview } from "./overview.ts";
import type { Strokes } from "./pad.ts";
import { QueriesView } from "./queries-view.ts";
import { drawIsOpen, QueryPane } from "./query-pane.ts";
import { SupportView } from "./support-view.ts";
import { type SampleQuery, type Shot, Task } from "./task.ts";
import { drawWords } from "./words.ts";

class DrawView {
  readonly #pane: QueryPane;
  readonly #task: Task<Strokes>;
  readonly #controls: Controls;
  readonly #keep: KeepControls;
  readonly #app: App;
  readonly #support: SupportView;
  readonly #queries: QueriesView;
  readonly #order = new OrderView();
  readonly #overview: Overview;
  readonly #cards = new MethodCards();
  readonly #episodes = new Episodes();
  readonly #loader: PartLoader<Lab>;
  readonly #asking: Asking;
  readonly #empty = make("p", "draw-empty");
  #lab: Lab | null = null;
  /** The ink of the last stroke, on its way: what is added is the drawing with all its strokes. */
  #inking: Promise<void> = Promise.resolve();
  #asked: Asked | null = null;
  /** What the last change of the order did, while nothing else has changed. */
  #moved: ReadonlyMap<MethodId, Moved> | null = null;
  /** What was said before the order changed, until it is said anew. */
  #before: Asked | null = null;

  constructor(app: App, panel: HTMLElement) {
    this.#app = app;
    this.#pane = new QueryPane({
      addTo: (id) => void this.#addTo(id),
      askPhoto: (file) => void this.#askPhoto(file),
    });
    const { pad } = this.#pane;
    this.#task = new Task({ take: () => pad.strokes, put: (strokes) => this.#putBack(strokes) });
    const keeper = new Keeper(new DrawingsWork(this.#task));
    const saved = new SavedLine(keeper);
    const undoTask = () => {
      this.#task.undo();
      showToast(drawWords().undone);
    };
    const files = new Files(app, new DrawingFiles(this.#task, undoTask));
    this.#keep = new KeepControls(
      saved,
      ".kshot",
      {
        open: (file) => void files.open(file),
        save: () => void files.save(),
        startOver: () => {
          this.#task.restore(EMPTY, true);
          this.#tell(keepWords().startedOver);
        },
      },
      () => ({ open: keepWords().openKshotTitle, save: keepWords().saveTitle }),
    );
    onFiles((given) => {
      const file = given.find(isKshotFile);
      if (file === undefined || !drawIsOpen()) return false;
      void files.open(file);
      return true;
    });
    this.#controls = new Controls(
      {
        setWay: (way) => this.#task.setWay(way),
        setShot: (shot) => this.#task.setShot(shot),
        fill: (alphabet) => void this.#fill(alphabet),
        shuffle: () => this.#shuffle(),
        undo: () => this.#undo(),
      },
      this.#keep.element,
    );
    this.#support = new SupportView({
      remove: (shot) => this.#remove(shot),
      addFiles: (classId, files) => void this.#addFiles(classId, files),
    });
    this.#queries = new QueriesView((query) => this.#askSample(query));
    this.#overview = new Overview((method) => this.#cards.show(method));
    this.#loader = new PartLoader(
      app,
      { id: "draw", open: (engine, onProgress) => engine.openLab({ onProgress }), says: drawWords },
      (lab) => this.#useLab(lab),
    );
    this.#asking = new Asking(
      (asked) => this.#take(asked),
      (error) => this.#report(error),
    );
    const support = make("section", "support-pane", this.#controls.element, this.#empty);
    support.append(this.#support.element, this.#order.element, this.#queries.element);
    panel.replaceChildren(
      this.#loader.element,
      saved.notice,
      make("div", "draw-top", this.#pane.element, support, this.#overview.element),
      this.#episodes.element,
      this.#cards.element,
    );
    pad.events.on("change", () => {
      this.#inking = this.#askPad();
    });
    this.#task.events.on("change", () => {
      retireUndo();
      this.#onTask();
      keeper.changed();
    });
    startDrawKeys({ addTo: (id) => void this.#addTo(id), undo: () => this.#undo(), isOpen: drawIsOpen });
    app.events.on("theme", () => pad.redraw());
    app.events.on("status", (status) => {
      if (status === "ready") this.#ask();
      this.#show();
    });
    onLanguage(() => this.#show());
    void keeper.start().then(() => files.takeAll());
  }

  /** The page is on show. */
  open(): void {
    this.#loader.start();
    this.#pane.pad.redraw();
  }

  /** Another page is on show: what runs by itself stops. */
  close(): void {
    this.#episodes.stop();
  }

  #useLab(lab: Lab): void {
    this.#lab = lab;
    this.#asking.use(lab);
    this.#controls.setAlphabets(lab.alphabets);
    this.#show();
    if (this.#pane.pad.drawn) this.#inking = this.#askPad();
    else this.#ask();
  }

  /** Each stroke is asked about as soon as it ends. */
  async #askPad(): Promise<void> {
    this.#queries.mark(null);
    this.#forgetOrder();
    if (!this.#pane.pad.drawn) {
      this.#asking.ask(null, this.#task.state);
      this.#show();
      return;
    }
    await this.#inkAndAsk(this.#pane.pad.picture(), "pad");
  }

  async #askPhoto(file: File): Promise<void> {
    this.#pane.refusals.clear();
    if (this.#lab === null) return;
    try {
      const ink = await this.#lab.inkOf(file);
      this.#queries.mark(null);
      this.#pane.pad.show(ink);
      this.#askAbout({ ink, origin: "photo", truth: null });
    } catch (error) {
      this.#pane.refusals.add(file.name, asKShotError(error, "picture_unreadable"));
    }
  }

  #askSample({ id, ink, classId }: SampleQuery): void {
    this.#queries.mark(id);
    this.#pane.pad.show(ink);
    this.#askAbout({ ink, origin: "sample", truth: classId });
  }

  async #inkAndAsk(picture: OffscreenCanvas, origin: "pad"): Promise<void> {
    const strokes = this.#pane.pad.strokes.length;
    this.#show();
    try {
      const ink = (await this.#lab?.inkOf(picture)) ?? null;
      // Meanwhile there may be another stroke, or none any more.
      if (ink === null || !this.#pane.pad.drawn || this.#pane.pad.strokes.length !== strokes) return;
      this.#askAbout({ ink, origin, truth: null });
    } catch (error) {
      this.#report(error);
    }
  }

  #askAbout(question: Question): void {
    this.#forgetOrder();
    this.#asking.ask(question, this.#task.state);
    this.#show();
  }

  #ask(): void {
    this.#asking.ask(this.#asking.question, this.#task.state);
  }

  #take(asked: Asked | null): void {
    if (this.#before !== null && asked !== null) {
      this.#moved = compareOrders(this.#before.readings, asked.readings);
      this.#before = null;
    }
    this.#asked = asked;
    this.#show();
  }

  #onTask(): void {
    this.#forgetOrder();
    this.#show();
    this.#ask();
  }

  #shuffle(): void {
    const before = this.#asked;
    this.#task.shuffle();
    this.#before = before;
    this.#moved = before === null ? new Map() : null;
    this.#show();
  }

  #forgetOrder(): void {
    this.#before = null;
    this.#moved = null;
  }

  async #fill(alphabet: number | null): Promise<void> {
    if (this.#lab === null) return;
    const { way, shot } = this.#task.state;
    try {
      const seed = Math.floor(Math.random() * 2 ** 32);
      const queries = this.#task.queriesPerClass;
      const task = await this.#lab.task({ way, shot, queries, alphabet, seed });
      this.#pane.pad.restore([]);
      this.#task.fill(task);
      const first = this.#task.state.queries[0];
      if (first === undefined) return;
      this.#askSample(first);
      this.#queries.focus();
    } catch (error) {
      this.#report(error);
    }
  }

  async #addTo(classId: number): Promise<void> {
    await this.#inking;
    const { question } = this.#asking;
    if (question === null) {
      showToast(drawWords().addFirst);
      return;
    }
    if (classId >= this.#task.state.way) return;
    if (!this.#task.add(classId, question.ink)) {
      this.#report(new KShotError("too_many_shots", "the class is full"));
      return;
    }
    // The pad is free for the next drawing; undo brings this one back.
    this.#pane.pad.restore([]);
    this.#pane.pad.show(null);
    this.#queries.mark(null);
    this.#asking.ask(null, this.#task.state);
    this.#show();
    this.#tell(drawWords().addedShot(classId + 1));
  }

  async #addFiles(classId: number, files: FoundFile[]): Promise<void> {
    this.#pane.refusals.clear();
    for (const { file } of files) {
      try {
        const ink = await this.#lab?.inkOf(file);
        if (ink !== undefined && !this.#task.add(classId, ink))
          throw new KShotError("too_many_shots", "the class is full");
      } catch (error) {
        this.#pane.refusals.add(file.name, asKShotError(error, "picture_unreadable"));
      }
    }
  }

  #remove(shot: Shot): void {
    this.#task.remove(shot.id);
    this.#tell(drawWords().removedShot(shot.classId + 1));
  }

  /** The last stroke, where there is one; else the last change of the support set. */
  #undo(): void {
    const { pad } = this.#pane;
    if (pad.drawn) pad.undo();
    else if (this.#task.undoable) {
      this.#task.undo();
      showToast(drawWords().undone);
    }
  }

  #putBack(strokes: Strokes): void {
    const { pad } = this.#pane;
    if (pad.strokes.length > 0 || strokes.length === 0) return;
    pad.restore(strokes);
    pad.show(null);
    this.#inking = this.#askPad();
  }

  #tell(text: string): void {
    showToast(text, () => {
      this.#task.undo();
      showToast(drawWords().undone);
    });
  }

  #report(error: unknown): void {
    const known = asKShotError(error, "engine_crashed");
    // The engine is being rebuilt, and everything is asked again when it is back.
    if (known.code === "device_lost") return;
    this.#loader.report(known);
  }

  #show(): void {
    const { state, undoable, filled } = this.#task;
    const says = drawWords();
    const { question } = this.#asking;
    this.#pane.update(state.way, question?.ink ?? null, question?.origin ?? "pad");
    this.#controls.update(state, undoable);
    this.#keep.update(this.#app.ready !== null, filled > 0);
    this.#empty.textContent = filled === 0 ? says.empty : says.oneMore;
    this.#empty.hidden = filled > 1;
    this.#support.update(state);
    this.#queries.update(state);
    this.#order.update(this.#moved);
    const shown = question === null || filled < 2 ? null : this.#asked;
    this.#overview.update(shown, filled < 2 ? says.askFirst : says.ask);
    this.#cards.update(shown, this.#moved);
    // What is shown is still of the support set before: it is told apart until the new answer comes.
    const stale = shown !== null && shown.shots !== state.shots;
    for (const { element } of [this.#overview, this.#cards]) {
      element.classList.toggle("stale", stale);
      element.setAttribute("aria-busy", String(stale));
    }
    this.#episodes.update(state, this.#lab);
  }
}

/** Starts the drawing page in its panel. */
export function startDraw(app: App, panel: HTMLElement): TabView {
  return new DrawView(app, panel);
}
