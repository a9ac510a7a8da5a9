/**
 * One frame in flight, at most one waiting, and the newest wins: nothing queues up behind a slow
 * device. A frame that is replaced is closed and its caller gets null.
 */
import type { Frame } from "./engine.ts";
import type { Answer } from "./types.ts";

interface Waiting {
  frame: Frame;
  resolve(answer: Answer | null | Promise<Answer | null>): void;
}

export class FrameQueue {
  readonly #send: (frame: Frame) => Promise<Answer>;
  #busy = false;
  #waiting: Waiting | null = null;
  #asked = 0;
  #newest = 0;

  /** `send` takes the frame over and answers it. */
  constructor(send: (frame: Frame) => Promise<Answer>) {
    this.#send = send;
  }

  /** Asks about the frame that `take` makes; null when a later call has taken its place. */
  async ask(take: () => Promise<Frame>): Promise<Answer | null> {
    const turn = ++this.#asked;
    const frame = await take();
    if (turn < this.#newest) {
      frame.close();
      return null;
    }
    this.#newest = turn;
    if (!this.#busy) return this.#run(frame);
    this.drop();
    return new Promise((resolve) => {
      this.#waiting = { frame, resolve };
    });
  }

  /** Lets the waiting frame go. */
  drop(): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.frame.close();
    waiting?.resolve(null);
  }

  async #run(frame: Frame): Promise<Answer> {
    this.#busy = true;
    try {
      return await this.#send(frame);
    } finally {
      this.#busy = false;
      const next = this.#waiting;
      this.#waiting = null;
      if (next !== null) next.resolve(this.#run(next.frame));
    }
  }
}
