/** What the bench asks of each engine, kshot's included. */

/** The frame that every engine starts from: a canvas as large as a webcam's picture. */
export type Frame = HTMLCanvasElement;

/** An engine with the network loaded. */
export interface Peer {
  /** The L2-normalised embedding [1280] of the frame, by the engine's ordinary path from pixels on. */
  embed(frame: Frame): Promise<Float32Array>;
}

/** The square in the middle of a frame, in pixels. */
export function centreCrop(frame: Frame): { x: number; y: number; side: number } {
  const side = Math.min(frame.width, frame.height);
  return { x: Math.floor((frame.width - side) / 2), y: Math.floor((frame.height - side) / 2), side };
}

/** Divides by the Euclidean length, as kshot does itself. */
export function normalise(embedding: Float32Array): Float32Array {
  const length = Math.sqrt(embedding.reduce((sum, each) => sum + each * each, 0));
  return embedding.map((each) => each / length);
}
