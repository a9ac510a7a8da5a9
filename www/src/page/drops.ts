/** Files and folders that are dropped or chosen, with the folders they lie in. */

import { asKShotError, type KShotError } from "../errors.ts";

/** A file and the names of the folders above it, outermost first. */
export interface FoundFile {
  file: File;
  folders: string[];
}

/** Takes files that have their own way in; true where it did. `stray` where they hit no target of their own. */
type FileTaker = (files: readonly File[], stray: boolean) => boolean;

const takers: FileTaker[] = [];

/** Asks `take` first about files that are dropped anywhere on the page or opened by its button. */
export function onFiles(take: FileTaker): void {
  takers.push(take);
}

/** Gives files to whoever takes them; false where nobody does. */
export function offerFiles(files: readonly File[], stray: boolean): boolean {
  return takers.some((take) => take(files, stray));
}

/** Whether a file is a zip, by its name; `.tm` are those of Teachable Machine. */
export function isZip({ name }: File): boolean {
  return /\.(zip|tm)$/i.test(name);
}

/** The files with those that zips hold in the place of the zips, and the zips that could not be read. */
export async function openZips(
  found: readonly FoundFile[],
): Promise<{ found: FoundFile[]; refused: { name: string; error: KShotError }[] }> {
  const opened: FoundFile[] = [];
  const refused: { name: string; error: KShotError }[] = [];
  for (const one of found) {
    if (!isZip(one.file)) {
      opened.push(one);
      continue;
    }
    try {
      const { openZip } = await import("./keep/zips.ts");
      opened.push(...(await openZip(one.file)));
    } catch (error) {
      // What is thrown where a script cannot be had is a TypeError.
      refused.push({ name: one.file.name, error: asKShotError(error, "code_unavailable") });
    }
  }
  return { found: opened, refused };
}

/** Lets an element take dropped files; it shows `.dropping` while some are held over it. */
export function acceptDrops(element: HTMLElement, onDrop: (transfer: DataTransfer) => Promise<void>): void {
  // `dragenter` and `dragleave` also come for what is inside; only the balance says who is out.
  let depth = 0;
  const mark = (change: number) => {
    depth = change === 0 ? 0 : Math.max(0, depth + change);
    element.classList.toggle("dropping", depth > 0);
  };
  const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
  element.addEventListener("dragenter", (event) => {
    if (holdsFiles(event)) mark(1);
  });
  element.addEventListener("dragleave", (event) => {
    if (holdsFiles(event)) mark(-1);
  });
  element.addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    event.stopPropagation();
  });
  element.addEventListener("drop", (event) => {
    mark(0);
    if (!holdsFiles(event) || event.dataTransfer === null) return;
    event.preventDefault();
    event.stopPropagation();
    if (!offerFiles([...event.dataTransfer.files], false)) void onDrop(event.dataTransfer);
  });
}

/**
 * Keeps a file that misses its target from replacing the page; what has its own way in has no target. `refused` hears
 * of what nobody takes.
 */
export function refuseStrayDrops(refused: () => void): void {
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length > 0 && !offerFiles(files, true)) refused();
  });
}

/** All files of a drop, folders opened, in the order of their names. */
export async function filesOf(transfer: DataTransfer): Promise<FoundFile[]> {
  // The entries are gone once the event is over, so they are all taken before the first wait.
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (entries.length === 0) return [...transfer.files].map((file) => ({ file, folders: [] }));
  const found = await Promise.all(entries.map((entry) => walk(entry, [])));
  return visible(found.flat());
}

/** All files of a file or directory input. */
export function filesChosen(input: HTMLInputElement): FoundFile[] {
  const found = [...(input.files ?? [])].map((file) => ({
    file,
    folders: file.webkitRelativePath.split("/").slice(0, -1),
  }));
  return visible(found);
}

async function walk(entry: FileSystemEntry, folders: string[]): Promise<FoundFile[]> {
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    return [{ file, folders }];
  }
  const inside = await list(entry as FileSystemDirectoryEntry);
  inside.sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
  const found = await Promise.all(inside.map((one) => walk(one, [...folders, entry.name])));
  return found.flat();
}

async function list(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const entries: FileSystemEntry[] = [];
  for (;;) {
    // A reader hands out at most a hundred at a time.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return entries;
    entries.push(...some);
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

/** Without what file managers leave behind, such as .DS_Store. */
function visible(found: FoundFile[]): FoundFile[] {
  return found.filter(({ file }) => !file.name.startsWith(".") && file.name !== "Thumbs.db");
}
