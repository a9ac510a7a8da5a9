/** Reads the attributes of `<k-shot>`: a value that is none of those allowed counts as not set. */
import type { BackendChoice, Metric } from "../types.ts";
import type { Controls, Task } from "./types.ts";

/** Every attribute that the element watches. */
export const ATTRIBUTES = [
  "task",
  "method",
  "metric",
  "classes",
  "shots",
  "threshold",
  "backend",
  "lang",
  "src",
  "poster",
  "controls",
] as const;

/** The name of an attribute, which is that of its property too. */
export type Attribute = (typeof ATTRIBUTES)[number];

const TASKS: readonly Task[] = ["objects", "face", "draw"];
const METRICS: readonly Metric[] = ["euclidean", "cosine"];
const BACKENDS: readonly BackendChoice[] = ["auto", "webgpu", "cpu"];
const CONTROLS: readonly Controls[] = ["full", "none"];

/** Most shots a class that `shots` may ask for: what the engine takes (MAX_SHOTS in support.rs). */
const MAX_SHOTS = 10_000;

function oneOf<T extends string>(value: string | null, allowed: readonly T[], otherwise: T): T {
  return allowed.find((one) => one === value?.trim().toLowerCase()) ?? otherwise;
}

/** The task that an attribute says; null where it says none. */
export function readTask(value: string | null): Task | null {
  return TASKS.find((one) => one === value?.trim().toLowerCase()) ?? null;
}

/** The value of each attribute as the element understands it. */
export const readAttribute = {
  task: (value: string | null) => readTask(value) ?? "objects",
  metric: (value: string | null) => oneOf(value, METRICS, "euclidean"),
  backend: (value: string | null) => oneOf(value, BACKENDS, "auto"),
  controls: (value: string | null) => oneOf(value, CONTROLS, "full"),
  /** Names between commas, of either width. */
  classes: (value: string | null) =>
    (value ?? "")
      .split(/[,，、]/)
      .map((name) => name.trim())
      .filter((name) => name !== ""),
  /** A whole number from 1 on; null for as many as one likes. */
  shots: (value: string | null) => {
    const shots = Number(value ?? Number.NaN);
    return Number.isInteger(shots) && shots >= 1 && shots <= MAX_SHOTS ? shots : null;
  },
  threshold: (value: string | null): number | "auto" => {
    const threshold = value === null || value.trim() === "" ? Number.NaN : Number(value);
    return threshold >= -1 && threshold <= 1 ? threshold : "auto";
  },
};

/** The language of an element: its own, that of what is around it, or that of the browser. */
export function languageOf(element: Element): "en" | "zh" {
  const around = element.closest<HTMLElement>("[lang]")?.lang || navigator.language;
  return around.toLowerCase().startsWith("zh") ? "zh" : "en";
}
