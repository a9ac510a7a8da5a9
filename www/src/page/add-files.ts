/** Photo files into classes: one after the other, counted, and each that cannot be used is named. */
import { KShotError } from "../errors.ts";
import type { App } from "./app.ts";
import type { FoundFile } from "./drops.ts";
import type { Refusals } from "./refusals.ts";

/** The step of undo they belong to, and where progress and refusals of one class are shown. */
export interface FileReport {
  step: number;
  /** Aborted where the step is taken back. */
  signal: AbortSignal;
  refusals: Refusals;
  /** `total` 0 means that it is over. */
  onProgress(done: number, total: number): void;
}

/** Adds the files to a class; gives how many were added. */
export async function addFiles(
  app: App,
  classId: number,
  files: readonly File[],
  { step, signal, refusals, onProgress }: FileReport,
): Promise<number> {
  let added = 0;
  refusals.clear();
  for (const [i, file] of files.entries()) {
    if (signal.aborted) break;
    onProgress(i, files.length);
    try {
      await addFile(app, classId, file, step);
      added++;
    } catch (error) {
      if (!(error instanceof KShotError)) throw error;
      refusals.add(file.name, error);
      if (error.code === "too_many_shots" || error.code === "class_unknown") break;
    }
  }
  onProgress(0, 0);
  return added;
}

/** Adds one picture file as a shot; once more where the engine was lost under it. */
async function addFile(app: App, classId: number, file: Blob, step: number): Promise<void> {
  const add = async () => app.engine?.addShot(classId, file, { step });
  await add().catch((error) => {
    if (error instanceof KShotError && error.code === "device_lost") return add();
    throw error;
  });
}

/** Files by the innermost folder they lie in; null for those without one. */
export function byFolder(found: readonly FoundFile[]): Map<string | null, File[]> {
  const folders = new Map<string | null, File[]>();
  for (const { file, folders: path } of found) {
    const name = path.at(-1) ?? null;
    const files = folders.get(name);
    if (files === undefined) folders.set(name, [file]);
    else files.push(file);
  }
  return folders;
}
