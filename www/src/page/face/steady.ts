/**
 * Words that stay long enough to be read or heard. What is said of frames changes many times a second: a text is
 * shown once it has held for a moment, and told to screen readers once it has held for longer.
 */
import { setText } from "../dom.ts";

/** Shorter, and advice flickers between two frames. */
const SHOWN_MS = 250;
/** As on the camera page (answer-view.ts): shorter, and a screen reader talks all the time. */
const TOLD_MS = 700;

/** Holds a value back until it has stayed the same. */
export class Steady {
  readonly #ms: number;
  readonly #act: (text: string) => void;
  #candidate = "";
  #settled = "";
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ms: number, act: (text: string) => void) {
    this.#ms = ms;
    this.#act = act;
  }

  /** `now` lets it through at once. */
  set(text: string, now = false): void {
    if (text === this.#candidate && !now) return;
    this.#candidate = text;
    clearTimeout(this.#timer);
    if (now) this.#settle();
    else this.#timer = setTimeout(() => this.#settle(), this.#ms);
  }

  #settle(): void {
    if (this.#candidate === this.#settled) return;
    this.#settled = this.#candidate;
    this.#act(this.#settled);
  }
}

/** Shows a text once it has held. */
export function steadyText(element: Element): Steady {
  return new Steady(SHOWN_MS, (text) => setText(element, text));
}

/** Tells screen readers a text once it has held. */
export function steadyAnnouncer(element: Element): Steady {
  return new Steady(TOLD_MS, (text) => setText(element, text));
}
