/**
 * All class cards, the card that adds one, and on phones the record buttons at the bottom. What the
 * cards ask for is done here, and told with a way back.
 */
import { asKShotError, KShotError } from "../errors.ts";
import type { KShot } from "../kshot.ts";
import type { ClassSummary, Guidance, SupportSummary } from "../types.ts";
import { accentOf, paint } from "./accents.ts";
import { addFiles, byFolder } from "./add-files.ts";
import type { App } from "./app.ts";
import { type CardActions, ClassCard } from "./class-card.ts";
import { find, make, makeIcon, setLabel, setText } from "./dom.ts";
import { acceptDrops, type FoundFile, filesOf, isZip, onFiles, openZips } from "./drops.ts";
import { keepShot } from "./guidance/asking.ts";
import { guidanceWords } from "./guidance/words.ts";
import { download } from "./keep/files.ts";
import { keepWords } from "./keep/words.ts";
import { onLanguage, words } from "./language.ts";
import type { Recorder } from "./recorder.ts";
import { Refusals } from "./refusals.ts";
import { showError, showToast } from "./toast.ts";
import { undo } from "./undo.ts";

// From here on it is worth not laying out what is off the screen.
const MANY = 24;

class ClassList implements CardActions {
  readonly #app: App;
  readonly #recorder: Recorder;
  readonly #cards = new Map<number, ClassCard>();
  readonly #quick = new Map<number, HTMLButtonElement>();
  /** What each card shows, to leave alone those that stay as they are. */
  readonly #shown = new Map<number, string>();
  /** What shots look like, where that is not their class. */
  #looksLike = new Map<number, number>();
  readonly #adder = make("button", "card adder");
  readonly #adderRefusals: Refusals;

  constructor(app: App, recorder: Recorder) {
    this.#app = app;
    this.#recorder = recorder;
    this.#adder.type = "button";
    this.#adder.id = "add-class";
    const title = make("span", "adder-title");
    const hint = make("span", "fine");
    this.#adder.append(makeIcon("plus"), title, hint);
    // One after the other, so that each new name knows those before it.
    let adding: Promise<void> = Promise.resolve();
    this.#adder.addEventListener("click", () => {
      adding = adding.then(() => this.#add());
    });
    acceptDrops(this.#adder, async (transfer) => this.#addFolders(await filesOf(transfer)));
    this.#adderRefusals = new Refusals();
    onFiles((files, stray) => {
      if (!stray || !files.some(isZip) || app.ready === null) return false;
      void this.#addFolders(files.filter(isZip).map((file) => ({ file, folders: [] })));
      return true;
    });
    this.#adder.hidden = true;
    app.events.on("engine", () => {
      this.#adder.hidden = false;
    });
    find("cards").append(this.#adder);
    find("cards").after(this.#adderRefusals.element);
    onLanguage(() => {
      setText(title, words().addClass);
      setText(hint, words().addClassHint);
      this.#shown.clear();
      this.#update(app.engine?.support ?? { classes: [], undo: null });
    });
    app.events.on("support", (support) => this.#update(support));
    app.events.on("guidance", (found) => this.#guide(found));
    recorder.events.on("recording", ({ classId, count }) => {
      this.#cards.get(classId)?.showRecording(count);
      const button = this.#quick.get(classId);
      button?.classList.toggle("recording", count !== null);
      if (button !== undefined)
        setText(button, count === null ? this.#nameOf(classId) : words().recording(count));
    });
    recorder.events.on("recorded", ({ classId, count, step }) => {
      this.#tell(words().recorded(count, this.#nameOf(classId)), step);
    });
    recorder.events.on("failed", ({ error }) => this.#report(error));
    recorder.events.on("noPicture", () => showToast(words().cameraFirst));
  }

  rename(classId: number, name: string): void {
    void this.#change((engine, step) => engine.renameClass(classId, name, { step })).then((step) => {
      if (step === null) this.#cards.get(classId)?.resetName();
    });
  }

  enable(classId: number, enabled: boolean): void {
    void this.#change((engine, step) => engine.enableClass(classId, enabled, { step }));
  }

  remove(classId: number): void {
    const name = this.#nameOf(classId);
    void this.#change((engine, step) => engine.removeClass(classId, { step })).then((step) => {
      if (step !== null) this.#tell(words().removed(name), step);
    });
  }

  removeShot(classId: number, shotId: number): void {
    void this.#change((engine, step) => engine.removeShot(shotId, { step })).then((step) => {
      if (step !== null) this.#tell(words().removedShot(this.#nameOf(classId)), step);
    });
  }

  pictureOf(shotId: number): Blob | null {
    return this.#app.engine?.thumbnail(shotId) ?? null;
  }

  moveShot(shotId: number): void {
    const to = this.#looksLike.get(shotId);
    if (to === undefined) return;
    void this.#change((engine, step) => engine.moveShot(shotId, to, { step })).then((step) => {
      if (step !== null) this.#tell(guidanceWords().moved(this.#nameOf(to)), step);
    });
  }

  keepShot(shotId: number): void {
    keepShot(this.#app, shotId);
  }

  /** Marks shots that look like another class; one line says what else there is to mend. */
  #guide(found: Guidance | null): void {
    const says = guidanceWords();
    this.#looksLike = new Map(found?.misplaced.map(({ shotId, looksLike }) => [shotId, looksLike]));
    for (const [id, card] of this.#cards) {
      const own = found?.misplaced.filter(({ classId }) => classId === id) ?? [];
      const pair = found?.alike.find((two) => two.includes(id));
      const twin = pair?.find((other) => other !== id);
      const still = found?.still.includes(id) && card.recording;
      card.showGuidance(
        new Map(own.map(({ shotId, looksLike }) => [shotId, this.#nameOf(looksLike)])),
        still ? says.still : twin === undefined ? "" : says.looksLikeClass(this.#nameOf(twin)),
      );
    }
  }

  addFiles(card: ClassCard, files: FoundFile[]): void {
    sayUnpacking(files);
    void openZips(files).then(async ({ found, refused }) => {
      const photos = found.map(({ file }) => file);
      if (photos.length > 0) await this.#fill(new Map([[card, photos]]));
      else if (refused.length === 0) showToast(words().noPhotosFound);
      else card.refusals.clear();
      for (const { name, error } of refused) card.refusals.add(name, error);
    });
  }

  /** Photos into classes, one after the other, as one step; a name makes a class, null one named as new ones are. */
  async #fill(classes: ReadonlyMap<ClassCard | string | null, File[]>): Promise<void> {
    const { engine, history } = this.#app;
    if (engine === null) return;
    const step = engine.newStep();
    await history.run(step, async (signal) => {
      for (const [of, files] of classes) {
        if (signal.aborted) return;
        const card = of instanceof ClassCard ? of : await this.#addClass(of ?? this.#newName(), step);
        if (card === null) return;
        const { id, refusals } = card;
        const onProgress = (done: number, total: number) => card.showAdding(done, total);
        const added = await addFiles(this.#app, id, files, { step, signal, refusals, onProgress });
        if (added > 0 && !signal.aborted) this.#tell(words().recorded(added, this.#nameOf(id)), step);
      }
    });
  }

  saveZip(classId: number): void {
    void this.#saveZip(classId).catch((error) => this.#report(asKShotError(error, "code_unavailable")));
  }

  async #saveZip(classId: number): Promise<void> {
    const summary = this.#app.engine?.support.classes.find(({ id }) => id === classId);
    if (summary === undefined) return;
    const photos = summary.shots.flatMap((shot) => this.pictureOf(shot) ?? []);
    const { makeZip } = await import("./keep/zips.ts");
    download(await makeZip(summary.name, photos), `${summary.name}.zip`);
  }

  async #add(): Promise<void> {
    const card = await this.#addClass(this.#newName());
    card?.focusName();
  }

  /** A name that no class has. */
  #newName(): string {
    const names = new Set(this.#app.engine?.support.classes.map(({ name }) => name));
    let number = names.size + 1;
    while (names.has(words().newClassName(number))) number++;
    return words().newClassName(number);
  }

  /** One class for each folder, named like it, and one for photos that lie in none. */
  async #addFolders(files: FoundFile[]): Promise<void> {
    this.#adderRefusals.clear();
    sayUnpacking(files);
    const { found, refused } = await openZips(files);
    for (const { name, error } of refused) this.#adderRefusals.add(name, error);
    const folders = byFolder(found);
    if (folders.size > 0) await this.#fill(folders);
    else if (refused.length === 0) showToast(words().noPhotosFound);
  }

  async #addClass(name: string, step?: number): Promise<ClassCard | null> {
    let id: number | null = null;
    await this.#change(async (engine, step) => {
      id = await engine.addClass(name, { step });
    }, step);
    return (id !== null && this.#cards.get(id)) || null;
  }

  /** Makes a change and gives its step; says what is wrong where it fails, and gives null. */
  async #change(
    change: (engine: KShot, step: number) => Promise<unknown>,
    step = this.#app.engine?.newStep(),
  ): Promise<number | null> {
    const { engine } = this.#app;
    if (engine === null || step === undefined) return null;
    try {
      await change(engine, step);
      return step;
    } catch (error) {
      this.#report(error);
      return null;
    }
  }

  #report(error: unknown): void {
    if (!(error instanceof KShotError)) throw error;
    showError(error);
  }

  /** Tells what a step did, with a way to take just that back. */
  #tell(text: string, step: number): void {
    showToast(text, () => void undo(this.#app, step));
  }

  #nameOf(classId: number): string {
    return this.#app.engine?.support.classes.find(({ id }) => id === classId)?.name ?? "";
  }

  #update({ classes }: SupportSummary): void {
    const present = classes.map(({ id }) => id);
    for (const [id, card] of this.#cards) {
      if (present.includes(id)) continue;
      card.element.remove();
      this.#cards.delete(id);
      this.#quick.get(id)?.remove();
      this.#quick.delete(id);
      this.#shown.delete(id);
    }
    find("cards").classList.toggle("many", classes.length > MANY);
    classes.forEach((summary, i) => {
      const accent = accentOf(summary.id, present);
      const card = this.#cards.get(summary.id) ?? this.#makeCard(summary);
      const look = JSON.stringify([i, summary]);
      if (this.#shown.get(summary.id) === look) return;
      this.#shown.set(summary.id, look);
      card.update(summary, i + 1, accent);
      const place = find("cards").children[i] ?? null;
      if (place !== card.element) find("cards").insertBefore(card.element, place);
      const button = this.#quick.get(summary.id) ?? this.#makeQuick(summary);
      paint(button, accent);
      if (!button.classList.contains("recording")) setText(button, summary.name);
      setLabel(button, words().recordClass(summary.name));
      const quickPlace = find("quick").children[i] ?? null;
      if (quickPlace !== button) find("quick").insertBefore(button, quickPlace);
    });
  }

  #makeCard(summary: ClassSummary): ClassCard {
    const card = new ClassCard(summary, this.#recorder, this);
    this.#cards.set(summary.id, card);
    return card;
  }

  #makeQuick(summary: ClassSummary): HTMLButtonElement {
    const button = make("button", "quick-button");
    button.type = "button";
    this.#recorder.bind(button, summary.id);
    this.#quick.set(summary.id, button);
    return button;
  }
}

/** A large zip takes a moment. */
function sayUnpacking(files: readonly FoundFile[]): void {
  if (files.some(({ file }) => isZip(file))) showToast(keepWords().reading);
}

/** Starts the cards. */
export function startClassList(app: App, recorder: Recorder): void {
  new ClassList(app, recorder);
}
