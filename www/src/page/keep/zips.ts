/**
 * Zips of photos in and out. A zip stands for the folders in it: one class for each. What it unpacks to is counted
 * while it unpacks, whatever its own directory says, so that a small file cannot fill the memory.
 */
import { Unzip, UnzipInflate, Zip, ZipPassThrough } from "fflate";
import { asKShotError, KShotError } from "../../errors.ts";
import type { FoundFile } from "../drops.ts";

/** Most files in a zip: twice the shots that a class takes. */
const MAX_ENTRIES = 20_000;
/** Most bytes unpacked: a few hundred photos from a phone. */
const MAX_UNPACKED = 1024 * 2 ** 20;
/** Most bytes unpacked for each of the zip. Photos hardly shrink, drawings by tens; bombs start at a thousand. */
const MAX_RATIO = 200;
/** Below this, the ratio says nothing. */
const SMALL = 16 * 2 ** 20;
/** Bytes that are read at a time; the page answers in between. */
const CHUNK = 2 ** 20;
/** Bytes that are unpacked before what came of them is counted: 16 MB where they are a bomb. */
const STEP = 16 * 2 ** 10;

/**
 * The photos in a zip, with the folders they lie in; those without one lie in a folder named like the zip. Throws
 * `zip_unreadable`, `zip_too_large`.
 */
export async function openZip(zip: File): Promise<FoundFile[]> {
  const isProject = /\.tm$/i.test(zip.name);
  const root = zip.name.replace(/\.(zip|tm)$/i, "").replace(/-samples$/, "");
  const found: FoundFile[] = [];
  let entries = 0;
  let unpacked = 0;
  let read = 0;
  let open = 0;
  let problem: unknown = null;
  const count = (bytes: number) => {
    unpacked += bytes;
    const most = Math.min(MAX_UNPACKED, Math.max(SMALL, read * MAX_RATIO));
    if (unpacked > most) tooLarge(`${zip.name} unpacks to more than ${most} bytes`);
  };
  const unzip = new Unzip((entry) => {
    if (++entries > MAX_ENTRIES) tooLarge(`${zip.name} has more than ${MAX_ENTRIES} files`);
    const place = placeOf(entry.name, root, isProject);
    if (place === null) return; // What is not started is passed over.
    const parts: Uint8Array<ArrayBuffer>[] = [];
    open++;
    entry.ondata = (error, data, final) => {
      if (error !== null) {
        problem ??= error;
        return;
      }
      count(data.length);
      parts.push(data as Uint8Array<ArrayBuffer>);
      if (!final) return;
      open--;
      found.push({ file: new File(parts, place.name, { type: place.type }), folders: place.folders });
      parts.length = 0;
    };
    entry.start();
  });
  unzip.register(UnzipInflate);
  try {
    for (let at = 0; at < zip.size; at += CHUNK) {
      const chunk = new Uint8Array(await zip.slice(at, at + CHUNK).arrayBuffer());
      for (let from = 0; from < chunk.length; from += STEP) {
        const step = chunk.subarray(from, from + STEP);
        read += step.length;
        unzip.push(step, read >= zip.size);
        if (problem !== null) throw problem;
      }
    }
  } catch (error) {
    throw asKShotError(error, "zip_unreadable");
  }
  if (entries === 0 || open > 0)
    throw new KShotError("zip_unreadable", `${zip.name} is no zip, or ends too early`);
  return found.sort((a, b) => pathOf(a).localeCompare(pathOf(b), undefined, { numeric: true }));
}

/** Photos as a zip, in a folder of this name, so that it makes the same class again. */
export function makeZip(folder: string, photos: readonly Blob[]): Promise<Blob> {
  const name = folder.replace(/[\\/:*?"<>|\p{Cc}]/gu, "_").replace(/^\.+/, "_");
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const digits = String(photos.length).length;
  return new Promise((resolve, reject) => {
    const zip = new Zip((error, data, final) => {
      if (error !== null) return reject(error);
      parts.push(data as Uint8Array<ArrayBuffer>);
      if (final) resolve(new Blob(parts, { type: "application/zip" }));
    });
    void (async () => {
      for (const [i, photo] of photos.entries()) {
        const ending = photo.type === "image/png" ? "png" : photo.type === "image/webp" ? "webp" : "jpg";
        // Photos do not get smaller by being packed.
        const entry = new ZipPassThrough(`${name}/${String(i + 1).padStart(digits, "0")}.${ending}`);
        zip.add(entry);
        entry.push(new Uint8Array(await photo.arrayBuffer()), true);
      }
      zip.end();
    })().catch(reject);
  });
}

const TYPES: Record<string, string> = {
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  png: "image/png",
  webp: "image/webp",
  gif: "image/gif",
  bmp: "image/bmp",
  avif: "image/avif",
  heic: "image/heic",
};

/** Where a photo of a zip lies, or null where it is none: a folder, a manifest, what file managers leave behind. */
function placeOf(
  path: string,
  root: string,
  isProject: boolean,
): { name: string; folders: string[]; type: string } | null {
  const folders = path.split("/").filter((part) => part !== "" && part !== "." && part !== "..");
  const name = folders.pop() ?? "";
  const type = TYPES[name.split(".").at(-1)?.toLowerCase() ?? ""];
  if (type === undefined || path.endsWith("/") || name.startsWith(".") || folders[0] === "__MACOSX")
    return null;
  // A project of Teachable Machine is a zip without folders, as three who read or write them agree
  // (googlecreativelab/teachablemachine-community, issue 38; MeemeeLab/TeachableMachine-Scraper, TMPacker.js; readers
  // that split names at "-!-"): "mug-!-3.jpg" is a photo of "mug", and manifest.json is not read. A class of one may
  // have a slash in its name.
  const [, named] = /^(.+)-!-\d+\.\w+$/.exec(isProject ? path : name) ?? [];
  return { name, type, folders: named !== undefined ? [named] : folders.length > 0 ? folders : [root] };
}

function pathOf({ file, folders }: FoundFile): string {
  return [...folders, file.name].join("/");
}

function tooLarge(why: string): never {
  throw new KShotError("zip_too_large", why);
}
