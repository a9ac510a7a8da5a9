/**
 * The methods with weights of their own: one file for all of them, fetched when the first is chosen, and kept by
 * the session for every support set and for the worker that follows one that died.
 */
import weightsFile from "../../weights/camera.safetensors?url";
import { fileAt } from "./base-url.ts";
import { fetchWeights } from "./download.ts";
import type { Session } from "./session.ts";
import type { Method, TrainedMethod } from "./types.ts";

/** Every one, in the order of the lecture. */
export const TRAINED_METHODS: readonly TrainedMethod[] = [
  "matching_context",
  "relation",
  "imaginary",
  "mann",
  "snail",
];

/** How to load them; everything has a default. */
export interface MethodsOptions {
  /** Where the weights are, if not beside this script. Their SHA-256 is checked. */
  weightsUrl?: string;
  /** Bytes as they come; `total` is 0 where it is not known. */
  onProgress?(loaded: number, total: number): void;
}

/** Whether a method has weights of its own. */
export function isTrained(method: Method): method is TrainedMethod {
  return TRAINED_METHODS.some((one) => one === method);
}

const opened = new WeakMap<Session, { done: Promise<void>; listeners: Set<MethodsOptions["onProgress"]> }>();

/** See `KShot.loadMethods`. All who ask meanwhile wait for the same download. */
export function loadMethods(session: Session, options: MethodsOptions): Promise<void> {
  const known = opened.get(session);
  if (known !== undefined) {
    known.listeners.add(options.onProgress);
    return known.done;
  }
  const listeners = new Set([options.onProgress]);
  const load = async () => {
    const weights = await fetchWeights(
      options.weightsUrl ?? fileAt(weightsFile),
      options.weightsUrl === undefined ? __METHODS_BYTES__ : 0,
      (loaded, total) => {
        for (const tell of listeners) tell?.(loaded, total);
      },
    );
    await session.loadMethods(weights);
  };
  const done = load();
  opened.set(session, { done, listeners });
  // So that it can be tried again.
  done.catch(() => opened.delete(session));
  return done;
}
