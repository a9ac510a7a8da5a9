/** The way from a file to the tab that it is for. A tab that is not open yet gets its file when it can take it. */
import type { FileKind } from "../../types.ts";
import type { Files } from "./files.ts";

const TABS: Record<FileKind, string> = { objects: "camera", faces: "face", drawings: "draw" };

const there = new Map<FileKind, Files>();
const waiting = new Map<FileKind, (files: Files) => void>();

/** Says who takes files of a kind. */
export function takesFiles(kind: FileKind, files: Files): void {
  there.set(kind, files);
  waiting.get(kind)?.(files);
  waiting.delete(kind);
}

/** Opens the tab that files of a kind are for, and gives who takes them there once it can. */
export function openFilesOf(kind: FileKind): Promise<Files> {
  document.getElementById(`tab-${TABS[kind]}`)?.click();
  const files = there.get(kind);
  if (files !== undefined) return Promise.resolve(files);
  return new Promise((resolve) => waiting.set(kind, resolve));
}
