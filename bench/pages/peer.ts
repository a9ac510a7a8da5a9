/** What the bench asks of each engine, kshot's included. */

/** The frame that every engine starts from: a canvas as large as a webcam's picture. */
export type Frame = HTMLCanvasElement;

/** An engine with the network loaded. */
export interface Peer {
  /**
   * The means of the last map's corners, channel by channel [1280, 4], by the engine's ordinary path from pixels on.
   * kshot goes on to an embedding from there, in the time that is measured.
   */
  corners(frame: Frame): Promise<Float32Array>;
}

/** The square in the middle of a frame, in pixels. */
export function centreCrop(frame: Frame): { x: number; y: number; side: number } {
  const side = Math.min(frame.width, frame.height);
  return { x: Math.floor((frame.width - side) / 2), y: Math.floor((frame.height - side) / 2), side };
}
