/** The support set of drawings of one element, with undo. The lab keeps none: every call brings its own. */
import { Events } from "../events.ts";
import type { Ink, LabShot } from "../lab-types.ts";
import type { View } from "./view.ts";

/** A class of drawings. */
export interface DrawnClass {
  id: number;
  name: string;
  shots: readonly Ink[];
}

// Below zero, so that they are none of the engine's: colours go by the id. Upwards, because the lab answers in the
// order of the ids.
let next = -1_000_000;

/** As many changes as the engine keeps (MAX_UNDO in support.rs). */
const KEPT = 100;

export class DrawingSet {
  readonly events = new Events<{ change: undefined }>();
  #classes: readonly DrawnClass[];
  #past: (readonly DrawnClass[])[] = [];

  constructor({ host, words }: View) {
    const names = host.classes.length > 0 ? host.classes : [1, 2].map((n) => words.newClassName(n));
    this.#classes = names.map((name) => ({ id: next++, name, shots: [] }));
  }

  get classes(): readonly DrawnClass[] {
    return this.#classes;
  }

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  /** Puts the drawings of a file in the place of those there are. */
  put(classes: readonly Omit<DrawnClass, "id">[]): void {
    this.#set(classes.map((one) => ({ ...one, id: next++ })));
  }

  addClass(name: string): void {
    this.#set([...this.#classes, { id: next++, name, shots: [] }]);
  }

  removeClass(id: number): void {
    this.#set(this.#classes.filter((one) => one.id !== id));
  }

  renameClass(id: number, name: string): void {
    this.#set(this.#classes.map((one) => (one.id === id ? { ...one, name } : one)));
  }

  /** Gives how many the class has then. */
  addShot(id: number, ink: Ink): number {
    this.#set(this.#classes.map((one) => (one.id === id ? { ...one, shots: [...one.shots, ink] } : one)));
    return this.#classes.find((one) => one.id === id)?.shots.length ?? 0;
  }

  undo(): void {
    const before = this.#past.pop();
    if (before === undefined) return;
    this.#classes = before;
    this.events.emit("change", undefined);
  }

  /** All shots, in the order of the classes. */
  labShots(): LabShot[] {
    return this.#classes.flatMap(({ id, shots }) => shots.map((ink) => ({ classId: id, ink })));
  }

  #set(classes: readonly DrawnClass[]): void {
    this.#past.push(this.#classes);
    if (this.#past.length > KEPT) this.#past.shift();
    this.#classes = classes;
    this.events.emit("change", undefined);
  }
}
