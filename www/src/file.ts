/** States to what the engine writes as a `.kshot` file, and back; and shots of another network embedded anew. */
import { KShotError } from "./errors.ts";
import type { Calls } from "./protocol.ts";
import { flatten } from "./support-mirror.ts";
import type { FileKind, ImportOptions, KShotState } from "./types.ts";

type Classes = KShotState["classes"];

/** What `write_file` takes. */
export function packFile(state: KShotState, kind: FileKind): Calls["write_file"]["args"] {
  const { sha256, dimensions } = state.embedder;
  const { state: shape, embeddings } = flatten(state.settings, state.classes, dimensions);
  return {
    state: { ...shape, kind, embedder: { sha256, dimensions } },
    embeddings,
    thumbnails: state.classes.flatMap(({ shots, thumbnails }) => thumbnails ?? shots.map(() => null)),
  };
}

/** The state in what `read_file` gives; a file knows its network by the SHA-256 of its weights alone. */
export function unpackFile(
  { state, embeddings, thumbnails }: Calls["read_file"]["result"],
  embedder: KShotState["embedder"],
): KShotState {
  const { sha256, dimensions } = state.embedder;
  let row = 0;
  return {
    format: "kshot-state",
    version: 1,
    embedder: { name: sha256 === embedder.sha256 ? embedder.name : "another network", sha256, dimensions },
    settings: state.settings,
    classes: state.classes.map(({ name, enabled, shots }) => {
      const from = row;
      row += shots;
      return {
        name,
        enabled,
        shots: Array.from({ length: shots }, (_, i) =>
          embeddings.slice((from + i) * dimensions, (from + i + 1) * dimensions),
        ),
        thumbnails: thumbnails.slice(from, row),
      };
    }),
  };
}

/** The classes with each shot embedded by this network, from its thumbnail; those without one are left out. */
export async function embedAnew(
  classes: Classes,
  embed: (thumbnail: Blob) => Promise<Float32Array>,
  onProgress: ImportOptions["onProgress"],
): Promise<{ classes: Classes; embeddedAnew: number; lost: number }> {
  const total = classes.reduce((sum, { shots }) => sum + shots.length, 0);
  let embeddedAnew = 0;
  const anew: Classes = [];
  for (const { name, enabled, thumbnails } of classes) {
    const entry = { name, enabled, shots: [] as Float32Array[], thumbnails: [] as Blob[] };
    anew.push(entry);
    for (const thumbnail of thumbnails ?? []) {
      if (thumbnail === null) continue;
      try {
        entry.shots.push(await embed(thumbnail));
        entry.thumbnails.push(thumbnail);
        embeddedAnew++;
        onProgress?.(embeddedAnew, total);
      } catch (error) {
        if (!(error instanceof KShotError) || !LOST.has(error.code)) throw error;
      }
    }
  }
  return { classes: anew, embeddedAnew, lost: total - embeddedAnew };
}

// What is wrong with the picture itself; anything else ends the import.
const LOST = new Set(["picture_unreadable", "picture_too_small", "picture_too_large", "embedding_invalid"]);
