/**
 * What the views share: the engine, the answer on show, and where the picture comes from.
 *
 * The engine may be replaced by a new one after it failed for good, so views listen here and not to it.
 */
import { Events } from "../events.ts";
import type { KShot, KShotEvents } from "../kshot.ts";
import { KShotError } from "../kshot.ts";
import type { Answer, ErrorCode, FrameSource, Guidance } from "../types.ts";
import { History } from "./history.ts";

/** The picture that is asked about, and that "record" and "snap" take. */
export interface Picture {
  source: FrameSource;
  /** Whether it changes by itself, so that a burst makes sense. */
  moving: boolean;
}

interface AppEvents extends KShotEvents {
  /** The engine is there, for the first time or again. */
  engine: KShot;
  /** Another answer, or none. */
  answer: Answer | null;
  /** What the support set says of itself, some time after it changed. */
  guidance: Guidance | null;
  /** A picture can be taken now, or no longer. */
  picture: undefined;
  /** Colours changed. */
  theme: undefined;
}

export class App {
  readonly events = new Events<AppEvents>();
  readonly history = new History(this);
  #engine: KShot | null = null;
  #answer: Answer | null = null;
  #problem: KShotError | null = null;
  #picture: (() => Picture | null) | null = null;

  /** The engine; null until it is loaded, and while a failed one is being replaced. */
  get engine(): KShot | null {
    return this.#engine;
  }

  /** The engine where it can be called now. */
  get ready(): KShot | null {
    return this.#engine?.status === "ready" ? this.#engine : null;
  }

  get answer(): Answer | null {
    return this.#answer;
  }

  /** Why the method in use cannot answer; null while it can. */
  get problem(): KShotError | null {
    return this.#problem;
  }

  /** The picture at hand now; null where there is none. */
  get picture(): Picture | null {
    return this.#picture?.() ?? null;
  }

  /** Takes a new engine into use. */
  attach(engine: KShot): void {
    this.#engine = engine;
    for (const event of ["status", "support", "settings", "device", "progress"] as const) {
      engine.on(event, (value) => this.events.emit(event, value as never));
    }
    this.events.emit("engine", engine);
    this.events.emit("status", engine.status);
    this.events.emit("support", engine.support);
    this.events.emit("settings", engine.settings);
    this.events.emit("device", engine.device);
  }

  /** Says where pictures come from now. */
  usePicture(picture: (() => Picture | null) | null): void {
    this.#picture = picture;
    this.events.emit("picture", undefined);
  }

  /** Asks about a picture and shows the answer. Throws for pictures that cannot be used. */
  async ask(source: FrameSource): Promise<Answer | null> {
    const answer = await this.answered(() => this.ready?.classify(source));
    if (answer !== null) this.show(answer);
    return answer;
  }

  /** What the engine answers; where the method takes fewer classes, that is told in the answer's place. */
  async answered(ask: () => Promise<Answer | null> | undefined): Promise<Answer | null> {
    try {
      const answer = (await ask()) ?? null;
      this.#problem = null;
      return answer;
    } catch (error) {
      if (!(error instanceof KShotError && error.code === "method_takes_fewer")) throw error;
      this.#problem = error;
      this.show(null);
      return null;
    }
  }

  /** Shows an answer, or that there is none. */
  show(answer: Answer | null): void {
    this.#answer = answer;
    this.events.emit("answer", answer);
  }
}

// The engine is being rebuilt, the camera is warming up, or a hand lies over it: the next frame will do.
const PASSING = new Set<ErrorCode>(["device_lost", "video_not_ready", "embedding_invalid"]);

/** Whether the next try will do. */
export function isPassing(error: unknown): boolean {
  return error instanceof KShotError && PASSING.has(error.code);
}
