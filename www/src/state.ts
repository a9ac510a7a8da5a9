/**
 * Reads a saved state: after this, its shape and its embedder can be trusted. Names, limits and the
 * embeddings' numbers are checked by the engine, which knows their rules.
 */
import { KShotError } from "./errors.ts";
import type { KShotState } from "./types.ts";

/** Throws `state_invalid` or `state_other_embedder`; ignores what it does not know. */
export function readState(state: KShotState, embedder: KShotState["embedder"]): KShotState {
  const given: unknown = state;
  if (!isRecord(given) || given.format !== "kshot-state") invalid("it is no kshot state");
  if (given.version !== 1) invalid(`version ${String(given.version)} is not known; 1 is`);
  if (!isRecord(given.embedder) || !isRecord(given.settings) || !Array.isArray(given.classes)) {
    invalid("embedder, settings or classes are missing");
  }
  if (given.embedder.sha256 !== embedder.sha256 || given.embedder.dimensions !== embedder.dimensions) {
    throw new KShotError(
      "state_other_embedder",
      `the state was made by ${String(given.embedder.name)}, this is ${embedder.name}`,
    );
  }
  for (const entry of given.classes as unknown[]) {
    if (!isRecord(entry) || typeof entry.name !== "string" || typeof entry.enabled !== "boolean") {
      invalid("a class has no name or no enabled flag");
    }
    if (!Array.isArray(entry.shots)) invalid(`class ${entry.name} has no shots`);
    for (const shot of entry.shots as unknown[]) {
      if (!(shot instanceof Float32Array) || shot.length !== embedder.dimensions) {
        invalid(`a shot of class ${entry.name} is no embedding of ${embedder.dimensions} numbers`);
      }
    }
  }
  return state;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function invalid(why: string): never {
  throw new KShotError("state_invalid", why);
}
