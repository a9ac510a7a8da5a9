/**
 * "Run 100 test episodes": every method measured here and now, one worker call an episode, so that drawings are
 * answered in between. Running mean and 95 % interval; it can be stopped.
 */
import { KShotError } from "../../errors.ts";
import type { Lab } from "../../lab.ts";
import type { MethodId } from "../../lab-types.ts";
import { make, paragraph, setLabel, setText } from "../dom.ts";
import { wordsOf } from "../language.ts";
import { METHODS } from "./methods.ts";
import { drawWords } from "./words.ts";

const EPISODES = 100;
/** Drawings of a character: shots and queries come from them. */
const DRAWINGS = 20;
/** Queries of an episode, all classes together: enough to say something, few enough to be quick. */
const QUERIES = 20;
/** 95 % of a normal distribution lie within so many standard errors. */
const Z = 1.96;

/** Mean and spread of numbers that come one by one (Welford 1962). */
class Running {
  #count = 0;
  #mean = 0;
  #squares = 0;

  add(value: number): void {
    this.#count++;
    const off = value - this.#mean;
    this.#mean += off / this.#count;
    this.#squares += off * (value - this.#mean);
  }

  get mean(): number {
    return this.#mean;
  }

  /** Half of the 95 % interval; unknown before the second number. */
  get half(): number | null {
    return this.#count < 2 ? null : Z * Math.sqrt(this.#squares / (this.#count - 1) / this.#count);
  }
}

interface Row {
  row: HTMLElement;
  name: HTMLElement;
  span: HTMLElement;
  dot: HTMLElement;
  value: HTMLElement;
}

export class Episodes {
  readonly element = make("section", "episodes");
  readonly #title = make("h2", "draw-heading");
  readonly #says = make("p", "fine");
  readonly #button = make("button", "primary");
  readonly #bar = make("progress");
  readonly #progress = make("span", "number");
  readonly #problem = make("p", "error-line");
  readonly #rows = make("div", "episode-rows");
  readonly #note = make("p", "fine number");
  readonly #lines = new Map<MethodId, Row>();
  #lab: Lab | null = null;
  #shape = { way: 5, shot: 1 };
  #run: { stopped: boolean; done: number; way: number; shot: number; means: Map<MethodId, Running> } | null =
    null;
  #running = false;

  constructor() {
    this.#button.type = "button";
    this.#button.id = "draw-episodes";
    this.#bar.max = EPISODES;
    this.#problem.setAttribute("role", "alert");
    this.#problem.hidden = true;
    this.#rows.setAttribute("role", "list");
    for (const { id } of METHODS) {
      const line = makeRow();
      this.#lines.set(id, line);
      this.#rows.append(line.row);
    }
    this.#button.addEventListener("click", () => (this.#running ? this.stop() : void this.#start()));
    this.element.append(
      make("div", "episodes-head", make("div", "", this.#title, this.#says), this.#button),
      make("div", "episodes-progress", this.#bar, this.#progress),
      this.#problem,
      this.#rows,
      this.#note,
    );
    this.update(this.#shape, null);
  }

  /** Shows what a run would be about. */
  update({ way, shot }: { way: number; shot: number }, lab: Lab | null): void {
    this.#shape = { way, shot };
    this.#lab = lab;
    this.show();
  }

  /** Ends the run after the episode under way. */
  stop(): void {
    if (this.#run !== null) this.#run.stopped = true;
  }

  async #start(): Promise<void> {
    const lab = this.#lab;
    if (lab === null) return;
    const { way, shot } = this.#shape;
    const queries = Math.max(1, Math.min(Math.floor(QUERIES / way), DRAWINGS - shot));
    // Another seed each time: running again measures again.
    const shape = { way, shot, queries, alphabet: null, seed: Math.floor(Math.random() * 2 ** 32) };
    const run = { stopped: false, done: 0, way, shot, means: new Map<MethodId, Running>() };
    this.#run = run;
    this.#running = true;
    this.#problem.hidden = true;
    this.show();
    try {
      for (let number = 0; number < EPISODES && !run.stopped; number++) {
        const { queries: asked, right } = await lab.measure(shape, number);
        for (const { method, count } of right) {
          const mean = run.means.get(method) ?? new Running();
          mean.add(count / asked);
          run.means.set(method, mean);
        }
        run.done = number + 1;
        this.show();
      }
    } catch (error) {
      if (!(error instanceof KShotError)) throw error;
      const { says, todo } = wordsOf(error);
      setText(this.#problem, paragraph(says, todo));
      this.#problem.hidden = false;
    } finally {
      this.#running = false;
      this.show();
    }
  }

  /** Shows everything in the language of now. */
  show(): void {
    const says = drawWords();
    const run = this.#run;
    const { way, shot } = this.#running && run !== null ? run : this.#shape;
    setText(this.#title, says.episodes);
    setText(this.#says, says.episodesSay(way, shot));
    setText(this.#button, this.#running ? says.stop : run === null ? says.run : says.again);
    this.#button.disabled = this.#lab === null;
    this.#bar.value = run?.done ?? 0;
    setLabel(this.#bar, says.episodes);
    this.#bar.removeAttribute("title");
    this.#bar.parentElement?.toggleAttribute("hidden", run === null);
    const over = run !== null && !this.#running && run.done < EPISODES;
    setText(
      this.#progress,
      run === null ? "" : over ? says.stopped(run.done) : says.progress(run.done, EPISODES),
    );
    this.element.dataset.done = String(run?.done ?? 0);
    this.element.dataset.running = String(this.#running);
    this.#rows.hidden = run === null || run.done === 0;
    const chance = 1 / (run?.way ?? way);
    this.#rows.style.setProperty("--chance", String(chance));
    setText(
      this.#note,
      run === null
        ? says.episodesEmpty
        : `${says.shape(run.way, run.shot)}. ${says.episodesNote} ${says.chance(`${(100 * chance).toFixed(0)} %`)}`,
    );
    for (const [id, line] of this.#lines) {
      const mean = run?.means.get(id);
      line.row.hidden = mean === undefined;
      if (mean !== undefined) showRow(line, says.method[id].name, mean);
    }
  }
}

function showRow(line: Row, name: string, { mean, half }: Running): void {
  const { accuracy } = drawWords();
  setText(line.name, name);
  const low = Math.max(0, mean - (half ?? 0));
  const high = Math.min(1, mean + (half ?? 0));
  line.span.style.left = `${100 * low}%`;
  line.span.style.width = `${100 * (high - low)}%`;
  line.dot.style.left = `${100 * mean}%`;
  setText(line.value, accuracy((100 * mean).toFixed(1), half === null ? "…" : (100 * half).toFixed(1)));
}

function makeRow(): Row {
  const name = make("span", "episode-name");
  const span = make("span", "interval");
  const dot = make("span", "interval-dot");
  const value = make("span", "episode-value number");
  const track = make("span", "interval-track", make("span", "chance"), span, dot);
  const row = make("div", "episode-row", name, track, value);
  row.setAttribute("role", "listitem");
  return { row, name, span, dot, value };
}
