/**
 * One frame in flight, at most one waiting, and the newest wins: nothing queues up behind a slow
 * device. A frame that is replaced is closed and its caller gets null.
 */
import type { Frame } from "./engine.ts";

interface Waiting {
  frame: Frame;
  run(frame: Frame): void;
  drop(): void;
}

export class FrameQueue {
  #busy = false;
  #waiting: Waiting | null = null;
  #asked = 0;
  #newest = 0;

  /**
   * Asks about the frame that `take` makes; null when a later call has taken its place. `send` takes the frame
   * over and answers it.
   */
  async ask<T>(take: () => Promise<Frame>, send: (frame: Frame) => Promise<T>): Promise<T | null> {
    const turn = ++this.#asked;
    const frame = await take();
    if (turn < this.#newest) {
      frame.close();
      return null;
    }
    this.#newest = turn;
    if (!this.#busy) return this.#run(frame, send);
    this.drop();
    return new Promise((resolve) => {
      this.#waiting = { frame, run: (waited) => resolve(this.#run(waited, send)), drop: () => resolve(null) };
    });
  }

  /** Lets the waiting frame go. */
  drop(): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.frame.close();
    waiting?.drop();
  }

  async #run<T>(frame: Frame, send: (frame: Frame) => Promise<T>): Promise<T> {
    this.#busy = true;
    try {
      return await send(frame);
    } finally {
      this.#busy = false;
      const next = this.#waiting;
      this.#waiting = null;
      next?.run(next.frame);
    }
  }
}
