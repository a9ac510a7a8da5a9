/**
 * The sample photos: the whole thing without a camera. One click fills the classes; then any photo can
 * be asked about, and the right answer stands beside it.
 */
import { KShotError } from "../errors.ts";
import type { Answer } from "../types.ts";
import type { App, Picture } from "./app.ts";
import { find, make, paragraph, setLabel, setText } from "./dom.ts";
import { nameIn, onLanguage, words, wordsOf } from "./language.ts";
import type { Language } from "./words.ts";

interface SampleList {
  credit: { text: string; licence: string; source: string };
  classes: { key: string; name: Record<Language, string>; shots: string[]; queries: string[] }[];
  unknown: { file: string; name: Record<Language, string> }[];
}

interface Query {
  url: string;
  name: Record<Language, string>;
  /** The sample class it belongs to; null for a thing that no class holds. */
  key: string | null;
  option: HTMLElement;
  image: HTMLImageElement;
}

const FOLDER = "./samples/";

export class SamplesView {
  readonly #app: App;
  readonly #panel = find("panel-samples");
  readonly #load = make("button", "primary large");
  readonly #says = make("p", "fine");
  readonly #problem = make("p", "error-line");
  readonly #chosen = make("img", "sample-chosen");
  readonly #truth = make("p", "sample-truth");
  readonly #verdict = make("p", "sample-verdict");
  readonly #known = make("div", "sample-grid");
  readonly #unknown = make("div", "sample-grid");
  readonly #credit = make("p", "fine");
  readonly #intro = make("div", "sample-intro");
  readonly #query = make("div", "sample-query");
  #list: SampleList | null = null;
  #queries: Query[] = [];
  #current: Query | null = null;
  #filling = false;
  /** Ids of the classes made from the samples, by their key. */
  readonly #classIds = new Map<string, number>();

  constructor(app: App) {
    this.#app = app;
    this.#load.type = "button";
    this.#load.id = "load-samples";
    this.#problem.setAttribute("role", "alert");
    this.#problem.hidden = true;
    this.#chosen.alt = "";
    this.#query.hidden = true;
    this.#intro.append(this.#load, this.#says, this.#problem);
    this.#query.append(this.#chosen, make("div", "", this.#truth, this.#verdict));
    const title = make("h2", "sample-title");
    const unknownTitle = make("h2", "sample-title");
    const lists = make("div", "sample-lists", title, this.#known, unknownTitle, this.#unknown, this.#credit);
    this.#panel.append(make("div", "sample-top", this.#query, this.#intro), lists);
    for (const grid of [this.#known, this.#unknown]) {
      grid.setAttribute("role", "listbox");
      grid.addEventListener("click", (event) => this.#choose(this.#queryAt(event.target)));
      grid.addEventListener("keydown", (event) => this.#onKey(event));
    }
    this.#load.addEventListener("click", () => void this.#fillClasses());
    app.events.on("answer", (answer) => this.#judge(answer));
    app.events.on("support", () => this.#showState());
    onLanguage(() => {
      const all = words();
      setText(this.#load, all.loadSamples);
      setText(this.#says, all.samplesSay);
      setText(title, all.queryPhotos);
      setText(unknownTitle, all.unknownPhotos);
      setLabel(this.#known, all.queryPhotos);
      setLabel(this.#unknown, all.unknownPhotos);
      for (const { option, name } of this.#queries) setLabel(option, all.queryLabel(nameIn(name)));
      this.#judge(this.#app.answer);
    });
  }

  /** The photo that is asked about. */
  get picture(): Picture | null {
    const image = this.#current?.image;
    if (image === undefined || !image.complete || image.naturalWidth === 0) return null;
    return { source: image, moving: false };
  }

  /** Shows the photos, fetched when they are wanted first. */
  async open(): Promise<void> {
    this.#showState();
    if (this.#list === null) await this.#fetchList();
    if (this.#current !== null) await this.#ask(this.#current);
  }

  async #fetchList(): Promise<void> {
    this.#problem.hidden = true;
    try {
      const response = await fetch(`${FOLDER}samples.json`);
      if (!response.ok) throw new Error(`${response.status}`);
      this.#list = (await response.json()) as SampleList;
    } catch {
      this.#complain(words().samplesFailed);
      return;
    }
    const { classes, unknown, credit } = this.#list;
    const known = classes.flatMap(({ key, name, queries }) =>
      queries.map((file) => makeQuery(file, name, key)),
    );
    const strange = unknown.map(({ file, name }) => makeQuery(file, name, null));
    this.#queries = [...known, ...strange];
    this.#known.replaceChildren(...known.map(({ option }) => option));
    this.#unknown.replaceChildren(...strange.map(({ option }) => option));
    for (const [i, { option, name }] of this.#queries.entries()) {
      setLabel(option, words().queryLabel(nameIn(name)));
      option.tabIndex = i === 0 || i === known.length ? 0 : -1;
    }
    setText(this.#credit, `${credit.text} (${credit.licence})`);
  }

  /** Makes the sample classes, in the place of classes that have no shots. One step, of which nothing stays if it fails. */
  async #fillClasses(): Promise<void> {
    if (this.#list === null) await this.#fetchList();
    const engine = this.#app.ready;
    if (this.#list === null || engine === null) return;
    this.#filling = true;
    this.#showState();
    this.#problem.hidden = true;
    setText(this.#says, words().samplesLoading);
    const { classes } = this.#list;
    const step = engine.newStep();
    try {
      const whole = await this.#app.history.run(step, async (signal) => {
        for (const { id, shots } of engine.support.classes)
          if (shots.length === 0) await engine.removeClass(id, { step });
        for (const { key, name, shots } of classes) {
          if (signal.aborted) return false;
          const classId = await engine.addClass(nameIn(name), { step });
          this.#classIds.set(key, classId);
          for (const file of shots) {
            if (signal.aborted) return false;
            const response = await fetch(FOLDER + file);
            if (!response.ok) throw new KShotError("picture_unreadable", `${file}: ${response.status}`);
            await engine.addShot(classId, await response.blob(), { step });
          }
        }
        return true;
      });
      const first = this.#queries[0];
      if (whole && first !== undefined) {
        await this.#choose(first);
        first.option.focus();
      }
    } catch (error) {
      const known = error instanceof KShotError && error.code !== "picture_unreadable";
      this.#complain(known ? paragraph(wordsOf(error).says, wordsOf(error).todo) : words().samplesFailed);
      // An engine that failed for good cannot take anything back.
      await this.#app.history.undo(step).catch(() => {});
    } finally {
      this.#filling = false;
      this.#showState();
      setText(this.#says, words().samplesSay);
    }
  }

  async #choose(query: Query | undefined): Promise<void> {
    if (query === undefined) return;
    this.#current = query;
    for (const one of this.#queries) one.option.setAttribute("aria-selected", String(one === query));
    const grid = query.option.parentElement;
    for (const one of grid?.children ?? []) (one as HTMLElement).tabIndex = one === query.option ? 0 : -1;
    this.#showState();
    await this.#ask(query);
  }

  async #ask(query: Query): Promise<void> {
    const { url, image } = query;
    this.#problem.hidden = true;
    // What did not come is asked for again.
    if (image.complete && image.naturalWidth === 0) image.src = url;
    this.#chosen.src = url;
    try {
      await image.decode();
      await this.#app.ask(image);
    } catch (error) {
      if (this.#current !== query) return;
      const known = error instanceof KShotError;
      this.#complain(known ? paragraph(wordsOf(error).says, wordsOf(error).todo) : words().samplePhotoFailed);
    }
  }

  #complain(text: string): void {
    setText(this.#problem, text);
    this.#problem.hidden = false;
  }

  #onKey(event: KeyboardEvent): void {
    const query = this.#queryAt(event.target);
    const options = [...(query?.option.parentElement?.children ?? [])] as HTMLElement[];
    const first = options[0];
    if (query === undefined || first === undefined) return;
    const at = options.indexOf(query.option);
    const columns = options.filter(({ offsetTop }) => offsetTop === first.offsetTop).length;
    const last = options.length - 1;
    const moves: Record<string, number> = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1,
      ArrowDown: at + columns,
      ArrowUp: at - columns,
      Home: 0,
      End: last,
      " ": at,
      Enter: at,
    };
    const to = moves[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = this.#queryAt(options[Math.min(Math.max(to, 0), last)] ?? null);
    next?.option.focus();
    void this.#choose(next);
  }

  #queryAt(target: EventTarget | null): Query | undefined {
    const option = target instanceof Element ? target.closest("[role=option]") : null;
    return this.#queries.find((query) => query.option === option);
  }

  /** Says whether the answer is right, where the sample classes are still there to be right about. */
  #judge(answer: Answer | null): void {
    const query = this.#current;
    if (query === null) return;
    const { itIs, unseen, right, wrong } = words();
    setText(this.#truth, query.key === null ? unseen(nameIn(query.name)) : itIs(nameIn(query.name)));
    const classId = query.key === null ? null : (this.#classIds.get(query.key) ?? null);
    const asked = answer !== null && answer.scores.length > 0;
    const known = query.key === null || this.#app.engine?.support.classes.some(({ id }) => id === classId);
    const isRight = answer?.best === classId;
    setText(this.#verdict, asked && known ? (isRight ? right : wrong) : "");
    this.#verdict.dataset.right = asked && known ? String(isRight) : "";
    this.#query.hidden = false;
  }

  #showState(): void {
    const classes = this.#app.engine?.support.classes ?? [];
    const loaded = classes.some(
      ({ id, shots }) => shots.length > 0 && [...this.#classIds.values()].includes(id),
    );
    this.#intro.classList.toggle("compact", loaded);
    this.#load.hidden = loaded;
    this.#load.disabled = this.#filling || this.#app.ready === null;
    this.#query.hidden = this.#current === null;
  }
}

function makeQuery(file: string, name: Record<Language, string>, key: string | null): Query {
  const image = make("img");
  image.src = FOLDER + file;
  image.alt = "";
  image.draggable = false;
  const option = make("div", "sample", image);
  option.setAttribute("role", "option");
  option.setAttribute("aria-selected", "false");
  return { url: image.src, name, key, option, image };
}
