/**
 * The scale of similarity: a mark for each class, and the threshold that can be dragged. Whatever lies
 * left of it is "none of these".
 *
 * The scale runs from 0 to 1: what is below 0, less alike than things of no class, stands at its end.
 */
import { KShotError, type SettingsReport } from "../kshot.ts";
import type { Answer } from "../types.ts";
import { accentOf, paint } from "./accents.ts";
import type { App } from "./app.ts";
import { find, make, setLabel, setText } from "./dom.ts";
import { onLanguage, words } from "./language.ts";
import { saySimilarity } from "./scores.ts";

const STEP = 0.01;
const PAGE = 0.1;

/** Starts the scale. */
export function startThreshold(app: App): void {
  const root = find("scale");
  const title = make("span", "scale-title");
  const says = make("span", "scale-says number");
  const auto = make("button", "chip");
  auto.type = "button";
  const zone = make("div", "scale-zone");
  const marks = make("div", "scale-marks");
  const handle = make("div", "scale-handle");
  const track = make("div", "scale-track", zone, marks, handle);
  const axis = make("div", "scale-axis number");
  for (const tick of ["0", "0.25", "0.50", "0.75", "1"]) axis.append(make("span", "", tick));
  root.append(make("div", "scale-head", title, says, auto), track, axis);
  handle.tabIndex = 0;
  handle.setAttribute("role", "slider");
  handle.setAttribute("aria-valuemin", "0");
  handle.setAttribute("aria-valuemax", "1");

  let value = 0;
  const showValue = (settings: SettingsReport) => {
    const isAuto = settings.threshold === "auto";
    value = settings.threshold === "auto" ? settings.autoThreshold : settings.threshold;
    const text = saySimilarity(value);
    track.style.setProperty("--threshold", String(Math.min(Math.max(value, 0), 1)));
    handle.setAttribute("aria-valuenow", value.toFixed(2));
    handle.setAttribute("aria-valuetext", words().thresholdText(text, isAuto));
    setText(says, words().thresholdSays(text));
    auto.setAttribute("aria-pressed", String(isAuto));
  };

  const sliding = new Sliding(app);
  const moveTo = (to: number) => {
    const threshold = Math.round(Math.min(Math.max(to, 0), 1) * 100) / 100;
    if (app.engine === null) return;
    showValue({ ...app.engine.settings, threshold });
    sliding.set(threshold);
  };

  track.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    track.setPointerCapture(event.pointerId);
    handle.focus({ preventScroll: true });
    event.preventDefault();
    moveTo(positionOf(event, track));
  });
  track.addEventListener("pointermove", (event) => {
    if (track.hasPointerCapture(event.pointerId)) moveTo(positionOf(event, track));
  });
  handle.addEventListener("keydown", (event) => {
    const to: Record<string, number> = {
      ArrowLeft: value - STEP,
      ArrowDown: value - STEP,
      ArrowRight: value + STEP,
      ArrowUp: value + STEP,
      PageDown: value - PAGE,
      PageUp: value + PAGE,
      Home: 0,
      End: 1,
    };
    const target = to[event.key];
    if (target === undefined) return;
    event.preventDefault();
    moveTo(target);
  });
  auto.addEventListener("click", () => sliding.set("auto"));

  const pool: HTMLElement[] = [];
  const showMarks = (answer: Answer | null) => {
    const scores = answer?.scores ?? [];
    while (pool.length < scores.length) {
      const mark = make("span", "scale-mark");
      pool.push(mark);
      marks.append(mark);
    }
    while (pool.length > scores.length) pool.pop()?.remove();
    scores.forEach(({ classId, similarity }, i) => {
      const mark = pool[i];
      if (mark === undefined) return;
      paint(mark, accentOf(classId, []));
      mark.classList.toggle("best", classId === answer?.best);
      mark.style.setProperty("--at", Math.min(Math.max(similarity, 0), 1).toFixed(4));
    });
  };

  app.events.on("answer", showMarks);
  app.events.on("settings", showValue);
  app.events.on("engine", () => {
    root.hidden = false;
  });
  onLanguage(() => {
    setText(title, words().thresholdTitle);
    setText(auto, words().auto);
    setLabel(auto, words().autoReset);
    auto.title = words().autoTitle;
    setLabel(handle, words().thresholdHandle);
    if (app.engine !== null) showValue(app.engine.settings);
  });
}

/** Hands values to the engine one at a time, the newest last, and shows the answer under each. */
export class Sliding {
  readonly #app: App;
  #next: { threshold: number | "auto" } | null = null;
  #busy = false;

  constructor(app: App) {
    this.#app = app;
  }

  set(threshold: number | "auto"): void {
    this.#next = { threshold };
    if (!this.#busy) void this.#send();
  }

  async #send(): Promise<void> {
    this.#busy = true;
    try {
      while (this.#next !== null) {
        const settings = this.#next;
        this.#next = null;
        await this.#app.ready?.setSettings(settings);
      }
    } catch (error) {
      // The engine is being rebuilt: it comes back with the setting it had.
      if (!(error instanceof KShotError)) throw error;
    } finally {
      this.#busy = false;
    }
  }
}

function positionOf(event: PointerEvent, track: HTMLElement): number {
  const { left, width } = track.getBoundingClientRect();
  return (event.clientX - left) / width;
}
