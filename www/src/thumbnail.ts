/**
 * The small picture of a shot: what the page shows of it, what a file keeps of it, and what it can be embedded
 * anew from when the network has changed. It is the square that the network sees, at the network's own size.
 */
import type { Frame } from "./engine.ts";

/** Largest side in pixels: that of the network input, so that nothing is lost to a second size. */
const SIDE = 224;

/** JPEG quality; docs/kshot-file.md, "Thumbnails", has what was measured. */
const QUALITY = 0.95;

/** Draws the centre square at once and encodes it behind; null where the browser cannot. The frame stays open. */
export async function makeThumbnail(frame: Frame): Promise<Blob | null> {
  const { width, height } = frame;
  const side = Math.min(width, height);
  // On whole pixels, as the network's input is cut (frame.rs): half a pixel off would blur a picture that is not resized.
  const [left, top] = [Math.floor((width - side) / 2), Math.floor((height - side) / 2)];
  // A smaller picture stays as it is: enlarging it is the network input's to do.
  const size = Math.min(side, SIDE);
  const canvas = new OffscreenCanvas(size, size);
  const context = canvas.getContext("2d");
  if (context === null) return null;
  context.imageSmoothingQuality = "high";
  // JPEG knows no transparency; the network sees white behind it too (frame.rs).
  context.fillStyle = "#fff";
  context.fillRect(0, 0, size, size);
  context.drawImage(frame, left, top, side, side, 0, 0, size, size);
  try {
    return await canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
  } catch {
    return null; // A shot without a picture is still a shot.
  }
}
