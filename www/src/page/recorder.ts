/**
 * Recording: while something is held, about ten shots a second go into a class; a short press is one.
 *
 * Card buttons, the bar on phones and the number keys all press the same recorder. Each press is a burst and a step
 * of undo, however soon it follows another. Where the picture stands still, one shot is all there is to take.
 */
import { Events } from "../events.ts";
import { type App, isPassing } from "./app.ts";

const INTERVAL_MS = 100;

/** Two seconds of recording, which the ring shows as full: enough for a good prototype. */
export const GOOD_COUNT = 20;

interface RecorderEvents {
  /** A class is being recorded, with the shots of this burst so far; null when it is over. */
  recording: { classId: number; count: number | null };
  /** A shot could not be taken. */
  failed: { classId: number; error: unknown };
  /** Something was pressed and there is no picture. */
  noPicture: undefined;
  /** A burst is over. */
  recorded: { classId: number; count: number; step: number };
}

export class Recorder {
  readonly events = new Events<RecorderEvents>();
  readonly #app: App;
  readonly #held = new Set<number>();
  /** Classes that are being recorded, with the presses that still wait for their burst. */
  readonly #waiting = new Map<number, number>();
  readonly #end = new AbortController();

  constructor(app: App) {
    this.#app = app;
    const { signal } = this.#end;
    // A key that is let go while another window has the focus is never heard of.
    addEventListener("blur", () => this.#held.clear(), { signal });
    document.addEventListener(
      "visibilitychange",
      () => {
        if (document.hidden) this.#held.clear();
      },
      { signal },
    );
  }

  /** Lets everything go and listens no longer. */
  dispose(): void {
    for (const classId of this.#waiting.keys()) this.stop(classId);
    this.#end.abort();
    this.events.clear();
  }

  /** Starts a burst; it lasts until `release`. */
  press(classId: number): void {
    this.#held.add(classId);
    const waiting = this.#waiting.get(classId);
    this.#waiting.set(classId, (waiting ?? 0) + 1);
    if (waiting === undefined) void this.#serve(classId);
  }

  release(classId: number): void {
    this.#held.delete(classId);
  }

  /** Ends what is recorded, and what still waits. */
  stop(classId: number): void {
    this.release(classId);
    if (this.#waiting.has(classId)) this.#waiting.set(classId, 0);
  }

  /** Takes a single shot. */
  snap(classId: number): void {
    this.press(classId);
    this.release(classId);
  }

  /** Lets a button record while it is held, by pointer or by keyboard. */
  bind(button: HTMLButtonElement, classId: number): void {
    const release = () => this.release(classId);
    button.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      // A finger that slides off the button still holds it.
      button.setPointerCapture(event.pointerId);
      this.press(classId);
    });
    for (const end of ["pointerup", "pointercancel", "lostpointercapture", "blur"])
      button.addEventListener(end, release);
    button.addEventListener("mousedown", keepFocus);
    button.addEventListener("contextmenu", (event) => event.preventDefault());
    button.addEventListener("keydown", (event) => {
      if (event.key !== " " && event.key !== "Enter") return;
      event.preventDefault();
      if (!event.repeat) this.press(classId);
    });
    button.addEventListener("keyup", (event) => {
      if (event.key === " " || event.key === "Enter") release();
    });
  }

  async #serve(classId: number): Promise<void> {
    for (;;) {
      const waiting = this.#waiting.get(classId) ?? 0;
      if (waiting === 0) break;
      this.#waiting.set(classId, waiting - 1);
      await this.#record(classId);
    }
    this.#waiting.delete(classId);
    this.release(classId);
  }

  async #record(classId: number): Promise<void> {
    const { engine } = this.#app;
    if (this.#app.picture === null || engine === null) {
      this.stop(classId);
      this.events.emit("noPicture", undefined);
      return;
    }
    const step = engine.newStep();
    let count = 0;
    let undone = false;
    let problem: unknown = null;
    this.events.emit("recording", { classId, count });
    try {
      await this.#app.history.run(step, async (signal) => {
        do {
          const began = performance.now();
          const { picture, engine } = this.#app;
          if (picture === null || engine === null) break;
          try {
            await engine.addShot(classId, picture.source, { step });
            this.events.emit("recording", { classId, count: ++count });
          } catch (error) {
            if (!isPassing(error)) throw error;
            problem = error;
          }
          if (!picture.moving) break;
          await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS - (performance.now() - began)));
        } while (this.#held.has(classId) && this.#waiting.get(classId) === 0 && !signal.aborted);
        undone = signal.aborted;
      });
      if (count > 0) problem = null;
    } catch (error) {
      problem = error;
      this.stop(classId);
    }
    this.events.emit("recording", { classId, count: null });
    if (undone) return;
    if (problem !== null) this.events.emit("failed", { classId, error: problem });
    else if (count > 0) this.events.emit("recorded", { classId, count, step });
  }
}

/** Space belongs to "freeze" again as soon as the mouse is let go, so a press takes no focus. */
function keepFocus(event: Event): void {
  event.preventDefault();
}
