/**
 * The liveness challenge as the page keeps it: whether a yes needs one, how it stands, and until when a passed one
 * holds. A pass ends when the face leaves the picture or another one takes its place. A lesson, not a lock.
 */
import type { Challenge, Look, Verdict } from "../../face-types.ts";

/** So long a passed challenge holds without a face, in milliseconds: longer than a blink or a turned head. */
const AWAY_MS = 1_500;
const TICK_MS = 250;

export class Gate {
  readonly #onChange: () => void;
  #wanted = false;
  #challenge: Challenge | null = null;
  #live = false;
  #lastSeen = 0;
  #lockEnds = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** Whether a yes needs a challenge. */
  get wanted(): boolean {
    return this.#wanted;
  }

  /** The last challenge, under way or over. */
  get challenge(): Challenge | null {
    return this.#challenge;
  }

  get running(): boolean {
    return this.#challenge?.state === "centre" || this.#challenge?.state === "turn";
  }

  /** Whether a challenge was passed, by a face that has been there since. */
  get live(): boolean {
    return this.#live;
  }

  /** Seconds until a lock ends; 0 where there is none. */
  get lockedFor(): number {
    return Math.max(0, (this.#lockEnds - performance.now()) / 1_000);
  }

  want(wanted: boolean): void {
    this.#wanted = wanted;
    this.#onChange();
  }

  /** How the challenge stands now. */
  take(challenge: Challenge): void {
    const before = this.#challenge?.state;
    this.#challenge = challenge;
    if (challenge.state === "passed") {
      this.#live = true;
      this.#lastSeen = performance.now();
    } else if (challenge.state !== before) this.#live = false;
    // The failure that locks is told as a failure, with the time that it costs.
    if (challenge.lockedFor > 0) this.#lock(challenge.lockedFor);
    this.#onChange();
  }

  /** Ends a pass whose face has gone or is another one. */
  watch(look: Look | null, verdict: Verdict | null): void {
    const now = performance.now();
    if (look !== null && look.faces.length > 0) this.#lastSeen = now;
    if (!this.#live) return;
    if (look === null || now - this.#lastSeen > AWAY_MS || verdict?.same === false) this.close();
  }

  /** A challenge was broken off. */
  stop(): void {
    if (this.running) this.#challenge = null;
  }

  /** Another person, another picture: what was passed no longer counts. */
  close(): void {
    this.#live = false;
    if (this.lockedFor === 0) this.#challenge = null;
    this.#onChange();
  }

  #lock(seconds: number): void {
    this.#lockEnds = performance.now() + seconds * 1_000;
    clearInterval(this.#timer);
    this.#timer = setInterval(() => {
      if (this.lockedFor === 0) {
        clearInterval(this.#timer);
        this.#challenge = null;
      }
      this.#onChange();
    }, TICK_MS);
  }
}
