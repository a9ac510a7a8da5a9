/**
 * Fetches the wasm module, the weights and saved files, each once, counting bytes as they come.
 *
 * The weights are kept as a `Blob`, which browsers hold outside the JavaScript heap: a new worker
 * gets them from there, without the network, and no second copy lies in memory meanwhile.
 */
import { asKShotError, KShotError, messageOf } from "./errors.ts";
import type { ErrorCode } from "./types.ts";

type Count = (loaded: number, total: number) => void;

/** Where each file came from. */
const origins = new WeakMap<Blob, string>();
/** Addresses of files that arrived damaged. The browser may have kept them so: its cache is not asked again. */
const distrusted = new Set<string>();

/** Lets the next download of these files come from their server. */
export function distrust(files: readonly Blob[]): void {
  for (const file of files) {
    const url = origins.get(file);
    if (url !== undefined) distrusted.add(url);
  }
}

// The smallest module with a v128 instruction: one function, i32.const 0; i8x16.splat; drop.
const SIMD_PROBE = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 9, 1, 7, 0, 65, 0, 253, 15, 26, 11,
];

/** Throws `wasm_unsupported` or `simd_unsupported` where the engine could not run. */
export function checkBrowser(): void {
  if (typeof WebAssembly !== "object" || typeof Worker !== "function") {
    throw new KShotError("wasm_unsupported", "this browser has no WebAssembly, or it is switched off");
  }
  if (!WebAssembly.validate(new Uint8Array(SIMD_PROBE))) {
    throw new KShotError("simd_unsupported", "this browser's WebAssembly has no SIMD");
  }
}

/** Downloads and compiles the module, both at once where the server names its type. */
export async function fetchModule(url: string, bytes: number, count: Count): Promise<WebAssembly.Module> {
  const response = await request(url, "module_unavailable");
  try {
    if (!response.headers.get("content-type")?.startsWith("application/wasm")) {
      const blob = await readCounted(response, bytes, count);
      return await WebAssembly.compile(await blob.arrayBuffer());
    }
    // The original response is compiled and a twin is counted: browsers cache compiled code only
    // for a response that came from the network as it is.
    const twin = response.clone();
    const [module] = await Promise.all([
      WebAssembly.compileStreaming(response),
      readCounted(twin, bytes, count),
    ]);
    return module;
  } catch (error) {
    // Chromium and Firefox name the policy in a CompileError, Safari the directive.
    const forbidden =
      error instanceof WebAssembly.CompileError && /security policy|unsafe-eval|\bCSP\b/i.test(error.message);
    if (!forbidden) distrusted.add(url);
    throw asKShotError(error, forbidden ? "wasm_forbidden" : "module_unavailable");
  }
}

/** Downloads weights, or what else is of use only whole; the engine checks the SHA-256. */
export async function fetchWeights(
  url: string,
  bytes: number,
  count: Count,
  code: ErrorCode = "weights_unavailable",
): Promise<Blob> {
  const response = await request(url, code);
  try {
    const file = await readCounted(response, bytes, count);
    origins.set(file, url);
    return file;
  } catch (error) {
    throw asKShotError(error, code);
  }
}

/** The largest `.kshot` file (MAX_FILE_BYTES in enrollment.rs): nothing larger is downloaded to its end. */
const MAX_FILE_BYTES = 512 * 2 ** 20;

/**
 * Downloads a `.kshot` file that someone names by its address. Throws `file_unavailable`, `file_too_large`.
 * `onProgress` gets bytes; the total is 0 where the server does not say.
 */
export async function fetchFile(url: string, { onProgress }: { onProgress?: Count } = {}): Promise<Blob> {
  const stop = new AbortController();
  const response = await request(url, "file_unavailable", {
    signal: stop.signal,
    credentials: "same-origin",
  });
  const tooLarge = (bytes: number) => {
    stop.abort();
    return new KShotError("file_too_large", `${url} has ${bytes} bytes; at most ${MAX_FILE_BYTES} are taken`);
  };
  const stated = Number(response.headers.get("content-length") ?? 0);
  if (stated > MAX_FILE_BYTES) throw tooLarge(stated);
  try {
    return await readCounted(response, 0, (loaded, total) => {
      if (loaded > MAX_FILE_BYTES) throw tooLarge(loaded);
      onProgress?.(loaded, total);
    });
  } catch (error) {
    throw asKShotError(error, "file_unavailable");
  }
}

async function request(url: string, code: ErrorCode, init?: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { cache: distrusted.has(url) ? "reload" : "default", ...init });
  } catch (error) {
    throw new KShotError(code, `${url} could not be fetched: ${messageOf(error)}`, { cause: error });
  }
  if (!response.ok) throw new KShotError(code, `${url} answered ${response.status} ${response.statusText}`);
  return response;
}

/** Reads a body to its end. `bytes` is its size where known beforehand, else 0. */
async function readCounted(response: Response, bytes: number, count: Count): Promise<Blob> {
  const encoded = response.headers.has("content-encoding");
  const stated = Number(response.headers.get("content-length") ?? 0);
  const total = bytes || (encoded ? 0 : stated);
  if (response.body === null) return response.blob();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  const reader = response.body.getReader();
  let loaded = 0;
  count(0, total);
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    loaded += value.byteLength;
    count(loaded, Math.max(total && loaded, total));
  }
  return new Blob(chunks);
}
