/**
 * Asks all methods about the drawing at hand: one call in flight, and the newest question wins. It asks nothing
 * while there is no lab, no drawing, or only one class.
 */
import type { Lab } from "../../lab.ts";
import type { Ink } from "../../lab-types.ts";
import type { Asked } from "./overview.ts";
import type { Origin } from "./query-pane.ts";
import type { TaskState } from "./task.ts";

/** A drawing that is asked about. */
export interface Question {
  ink: Ink;
  origin: Origin;
  /** Its class where that is known. */
  truth: number | null;
}

export class Asking {
  readonly #onAnswer: (asked: Asked | null) => void;
  readonly #onError: (error: unknown) => void;
  #lab: Lab | null = null;
  #question: Question | null = null;
  #next: TaskState | null = null;
  #busy = false;

  constructor(onAnswer: (asked: Asked | null) => void, onError: (error: unknown) => void) {
    this.#onAnswer = onAnswer;
    this.#onError = onError;
  }

  /** What is asked about now. */
  get question(): Question | null {
    return this.#question;
  }

  use(lab: Lab): void {
    this.#lab = lab;
  }

  /** Asks about a drawing, or about none, against the support set as it is. */
  ask(question: Question | null, state: TaskState): void {
    this.#question = question;
    this.#next = state;
    if (!this.#busy) void this.#run();
  }

  async #run(): Promise<void> {
    this.#busy = true;
    try {
      while (this.#next !== null) {
        const { shots } = this.#next;
        const question = this.#question;
        this.#next = null;
        const classes = new Set(shots.map(({ classId }) => classId)).size;
        if (this.#lab === null || question === null || classes < 2) {
          this.#onAnswer(null);
          continue;
        }
        const readings = await this.#lab.read(shots, question.ink);
        // A newer question is on its way: its answer is shown instead.
        if (this.#next === null) this.#onAnswer({ readings, truth: question.truth, shots });
      }
    } catch (error) {
      this.#onError(error);
    } finally {
      this.#busy = false;
    }
  }
}
