/** What PyTorch makes of the four reference photos (tests/fixtures/README.md). */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FILE = fileURLToPath(new URL("../fixtures/embeddings.safetensors", import.meta.url));

/** Names of the photos. */
export const PHOTOS = ["astronaut", "chelsea", "coffee", "rocket"];

/** The embedding of a photo by PyTorch and NumPy, `[1280]`, of length one. */
export function referenceOf(photo: string): number[] {
  const file = readFileSync(FILE);
  // A safetensors file: the length of a JSON header, the header, then the tensors.
  const start = 8 + Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.toString("utf8", 8, start)) as Record<
    string,
    { data_offsets: [number, number] }
  >;
  const entry = header[`${photo}.projected`];
  if (entry === undefined) throw new Error(`there is no embedding of ${photo}`);
  const [from, to] = entry.data_offsets;
  return Array.from({ length: (to - from) / 4 }, (_, i) => file.readFloatLE(start + from + 4 * i));
}
