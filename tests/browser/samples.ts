/** The sample photos that the page ships, as the tests see them. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

interface Samples {
  classes: { key: string; name: { en: string; zh: string }; shots: string[]; queries: string[] }[];
  unknown: { file: string; name: { en: string; zh: string } }[];
}

/** Where a sample photo lies. */
export function pathOf(file: string): string {
  return fileURLToPath(new URL(`../../www/public/samples/${file}`, import.meta.url));
}

/** The bytes of a sample photo. */
export function fileOf(file: string): Buffer {
  return readFileSync(pathOf(file));
}

/** A sample photo as a file chooser takes it. */
export function asUpload(name: string): { name: string; mimeType: string; buffer: Buffer } {
  return { name, mimeType: "image/jpeg", buffer: fileOf(name) };
}

/** What is in the list. */
export const samples = JSON.parse(readFileSync(pathOf("samples.json"), "utf8")) as Samples;
