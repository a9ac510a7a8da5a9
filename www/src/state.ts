/**
 * Reads a saved state: after this, its shape can be trusted, and whether its embeddings are of the network
 * in use is known. Names, limits and the embeddings' numbers are checked by the engine, which knows their rules.
 */
import { KShotError } from "./errors.ts";
import type { KShotState } from "./types.ts";

/** Whether a state's embeddings are of this network. */
export function isOf(state: KShotState, embedder: KShotState["embedder"]): boolean {
  return state.embedder.sha256 === embedder.sha256 && state.embedder.dimensions === embedder.dimensions;
}

/** Throws `state_invalid`; ignores what it does not know. */
export function readState(state: KShotState, embedder: KShotState["embedder"]): KShotState {
  const given: unknown = state;
  if (!isRecord(given) || given.format !== "kshot-state") invalid("it is no kshot state");
  if (given.version !== 1) invalid(`version ${String(given.version)} is not known; 1 is`);
  if (!isRecord(given.embedder) || !isRecord(given.settings) || !Array.isArray(given.classes)) {
    invalid("embedder, settings or classes are missing");
  }
  const dimensions = isOf(state, embedder) ? embedder.dimensions : given.embedder.dimensions;
  for (const entry of given.classes as unknown[]) {
    if (!isRecord(entry) || typeof entry.name !== "string" || typeof entry.enabled !== "boolean") {
      invalid("a class has no name or no enabled flag");
    }
    if (!Array.isArray(entry.shots)) invalid(`class ${entry.name} has no shots`);
    for (const shot of entry.shots as unknown[]) {
      if (!(shot instanceof Float32Array) || shot.length !== dimensions) {
        invalid(`a shot of class ${entry.name} is no embedding of ${dimensions} numbers`);
      }
    }
    const { thumbnails } = entry;
    if (thumbnails === undefined) continue;
    if (!Array.isArray(thumbnails) || thumbnails.length !== entry.shots.length) {
      invalid(`class ${entry.name} has not one thumbnail for each shot`);
    }
    for (const thumbnail of thumbnails as unknown[]) {
      if (thumbnail !== null && !(thumbnail instanceof Blob)) invalid("a thumbnail is no Blob");
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
