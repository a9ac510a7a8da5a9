/**
 * The one error class of kshot in JavaScript: an `Error` with a stable `code`.
 *
 * Errors cross two borders, from wasm to the worker and from the worker to the page; only plain
 * objects survive the second, so `packError` and `unpackError` carry them.
 */
import type { ErrorCode } from "./types.ts";

/**
 * Every error that kshot throws.
 *
 * @example
 * try {
 *   await kshot.addShot(mug, file);
 * } catch (error) {
 *   if (error instanceof KShotError && error.code === "picture_unreadable") showHint();
 *   else throw error;
 * }
 */
export class KShotError extends Error {
  /** What went wrong, stable across versions. `message` is for developers and may change. */
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "KShotError";
    this.code = code;
  }
}

/** An error as it crosses from the worker. */
export interface PackedError {
  code: ErrorCode;
  message: string;
  /** The module trapped: every later call of it would fail too. */
  fatal: boolean;
}

const CODES: Record<ErrorCode, true> = {
  weights_unavailable: true,
  weights_damaged: true,
  characters_unavailable: true,
  characters_damaged: true,
  drawing_empty: true,
  episode_impossible: true,
  person_unknown: true,
  enrolment_missing: true,
  challenge_missing: true,
  code_unavailable: true,
  module_unavailable: true,
  wasm_unsupported: true,
  wasm_forbidden: true,
  simd_unsupported: true,
  webgpu_unavailable: true,
  device_lost: true,
  engine_crashed: true,
  disposed: true,
  picture_unreadable: true,
  picture_too_small: true,
  picture_too_large: true,
  video_not_ready: true,
  embedding_invalid: true,
  class_unknown: true,
  shot_unknown: true,
  name_empty: true,
  too_many_classes: true,
  too_many_shots: true,
  method_takes_fewer: true,
  setting_invalid: true,
  state_invalid: true,
  state_other_embedder: true,
  name_too_long: true,
  file_unavailable: true,
  file_not_kshot: true,
  file_version: true,
  file_cut_off: true,
  file_damaged: true,
  file_invalid: true,
  file_too_large: true,
  file_other_kind: true,
  storage_full: true,
  storage_unavailable: true,
  zip_unreadable: true,
  zip_too_large: true,
  camera_denied: true,
  camera_missing: true,
  camera_busy: true,
  camera_unplugged: true,
  camera_insecure: true,
  camera_not_delegated: true,
  camera_forbidden: true,
  camera_failed: true,
};

/** Whether something thrown by the engine carries one of our codes. */
function codeOf(thrown: unknown): ErrorCode | null {
  if (typeof thrown !== "object" || thrown === null || !("code" in thrown)) return null;
  const { code } = thrown;
  return typeof code === "string" && Object.hasOwn(CODES, code) ? (code as ErrorCode) : null;
}

/** The words of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/**
 * Makes an engine error ready to post. A trap, and a loss of the device, end this worker; anything
 * else without a code is a fault of ours that leaves the module usable.
 */
export function packError(thrown: unknown): PackedError {
  const code = codeOf(thrown);
  const fatal = thrown instanceof WebAssembly.RuntimeError || code === "device_lost";
  return { code: code ?? "engine_crashed", message: messageOf(thrown), fatal };
}

/** Turns a posted error back into one that can be thrown. */
export function unpackError(packed: PackedError): KShotError {
  return new KShotError(packed.code, packed.message);
}

/** Passes our own errors on and gives everything else the code that fits the place. */
export function asKShotError(thrown: unknown, code: ErrorCode): KShotError {
  return thrown instanceof KShotError ? thrown : new KShotError(code, messageOf(thrown), { cause: thrown });
}
