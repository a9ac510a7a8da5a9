/**
 * The support set of the drawing page: N classes, their shots in the order in which they are read, the sample
 * drawings to ask about, and undo. It changes by whole steps only, each of which can be taken back.
 */
import { Events } from "../../events.ts";
import type { Ink, LabShot, LabTask } from "../../lab-types.ts";

/** Fewest and most classes; sequence models were trained for at most 20 (arXiv 1707.03141, section 5.1). */
export const WAYS = { least: 2, most: 20 };
/** Fewest and most shots a class that are filled in; by hand there may be more. */
export const SHOTS = { least: 1, most: 10 };
/** More shots than this a class make every answer slow. */
export const MOST_SHOTS = 20;
/** Drawings of each sample character. */
const DRAWINGS = 20;
/** Sample drawings to ask about, all classes together. */
const QUERIES = 20;

/** A shot, and its class's place from 0. */
export interface Shot extends LabShot {
  id: number;
}

/** A sample drawing with its class. */
export interface SampleQuery {
  id: number;
  classId: number;
  ink: Ink;
}

/** The character that fills a class. */
export interface ClassName {
  alphabet: string;
  character: number;
}

/** All there is to a task; never changed, only replaced. */
export interface TaskState {
  way: number;
  shot: number;
  /** In the order in which they are read. */
  shots: readonly Shot[];
  queries: readonly SampleQuery[];
  /** What the samples filled each class with; null for a class that is drawn by hand. */
  names: readonly (ClassName | null)[];
}

interface TaskEvents {
  change: TaskState;
}

// As many as the engine keeps (MAX_UNDO in support.rs).
const KEPT = 100;

export class Task<Aside> {
  readonly events = new Events<TaskEvents>();
  readonly #aside: { take(): Aside; put(aside: Aside): void };
  #state: TaskState = { way: 5, shot: 1, shots: [], queries: [], names: Array(5).fill(null) };
  #past: { state: TaskState; aside: Aside }[] = [];
  #nextId = 1;

  /** `aside` is what else a step may change, such as the pad; undo puts it back. */
  constructor(aside: { take(): Aside; put(aside: Aside): void }) {
    this.#aside = aside;
  }

  get state(): TaskState {
    return this.#state;
  }

  get undoable(): boolean {
    return this.#past.length > 0;
  }

  /** Shots of a class, in the order in which they are read. */
  shotsOf(classId: number): Shot[] {
    return this.#state.shots.filter((shot) => shot.classId === classId);
  }

  /** Classes that have shots. */
  get filled(): number {
    return new Set(this.#state.shots.map(({ classId }) => classId)).size;
  }

  /** Fewer classes lose their shots, more are empty. */
  setWay(way: number): void {
    const { shots, queries, names } = this.#state;
    if (way === this.#state.way || way < WAYS.least || way > WAYS.most) return;
    const inside = ({ classId }: { classId: number }) => classId < way;
    this.#step({
      way,
      shots: shots.filter(inside),
      queries: queries.filter(inside),
      names: Array.from({ length: way }, (_, i) => names[i] ?? null),
    });
  }

  /** How many shots a class gets when it is filled. */
  setShot(shot: number): void {
    if (shot === this.#state.shot || shot < SHOTS.least || shot > SHOTS.most) return;
    this.#step({ shot });
  }

  /** Queries a class for the next fill: a few for many classes, more for few. */
  get queriesPerClass(): number {
    const { way, shot } = this.#state;
    return Math.max(1, Math.min(Math.floor(QUERIES / way), DRAWINGS - shot, 4));
  }

  /** Puts a task of sample characters in the place of everything. */
  fill({ classes }: LabTask): void {
    const shots = classes.flatMap((one, classId) =>
      one.shots.map((ink) => ({ id: this.#nextId++, classId, ink })),
    );
    // One of each class, then the second of each: neighbours differ.
    const queries = Array.from({ length: classes[0]?.queries.length ?? 0 }, (_, n) =>
      classes.flatMap((one, classId) => {
        const ink = one.queries[n];
        return ink === undefined ? [] : [{ id: this.#nextId++, classId, ink }];
      }),
    ).flat();
    const names = classes.map(({ alphabet, character }) => ({ alphabet, character }));
    this.#step({ way: classes.length, shots, queries, names });
  }

  /** Puts saved drawings in the place of everything, as a step that can be taken back or as the beginning. */
  restore(
    saved: Pick<TaskState, "way" | "shot" | "names"> &
      Record<"shots" | "queries", readonly Omit<Shot, "id">[]>,
    undoable: boolean,
  ): void {
    const number = (drawing: Omit<Shot, "id">) => ({ ...drawing, id: this.#nextId++ });
    const state = { ...saved, shots: saved.shots.map(number), queries: saved.queries.map(number) };
    if (undoable) {
      this.#step(state);
      return;
    }
    this.#state = state;
    this.events.emit("change", this.#state);
  }

  /** Adds a drawing to a class, last in the order. False where the class is full. */
  add(classId: number, ink: Ink): boolean {
    if (classId >= this.#state.way || this.shotsOf(classId).length >= MOST_SHOTS) return false;
    this.#step({ shots: [...this.#state.shots, { id: this.#nextId++, classId, ink }] });
    return true;
  }

  remove(id: number): void {
    this.#step({ shots: this.#state.shots.filter((shot) => shot.id !== id) });
  }

  /** Another order, never the same one. */
  shuffle(random: () => number = Math.random): void {
    const before = this.#state.shots;
    if (before.length < 2) return;
    const shots = [...before];
    do {
      for (let last = shots.length - 1; last > 0; last--) {
        const at = Math.floor(random() * (last + 1));
        const [a, b] = [shots[last], shots[at]];
        if (a !== undefined && b !== undefined) [shots[last], shots[at]] = [b, a];
      }
    } while (shots.every((shot, i) => shot === before[i]));
    this.#step({ shots });
  }

  /** Takes the last step back. */
  undo(): void {
    const last = this.#past.pop();
    if (last === undefined) return;
    this.#aside.put(last.aside);
    this.#state = last.state;
    this.events.emit("change", this.#state);
  }

  #step(change: Partial<TaskState>): void {
    this.#past.push({ state: this.#state, aside: this.#aside.take() });
    if (this.#past.length > KEPT) this.#past.shift();
    this.#state = { ...this.#state, ...change };
    this.events.emit("change", this.#state);
  }
}
