/** kshot by its public API, set up for the measurements. */
import { KShot, type KShotState } from "../../www/src/kshot.ts";

export { KShot };

/** Fills the support set. The time to an answer depends on how many shots there are, not on what they show. */
export async function fillSupport(kshot: KShot, classes: number, shots: number): Promise<void> {
  const state: KShotState = {
    ...kshot.exportState(),
    classes: Array.from({ length: classes }, (_, index) => ({
      name: `class ${index + 1}`,
      enabled: true,
      shots: Array.from({ length: shots }, () => randomEmbedding(kshot.embedder.dimensions)),
    })),
  };
  await kshot.restoreState(state);
}

function randomEmbedding(dimensions: number): Float32Array {
  const values = Float32Array.from({ length: dimensions }, () => Math.random());
  const length = Math.hypot(...values);
  return values.map((each) => each / length);
}
