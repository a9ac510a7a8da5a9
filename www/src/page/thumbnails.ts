/**
 * Small pictures of the shots, by shot id. They stay after a shot is removed, because undo brings the
 * shot back under the same id.
 */

// Twice the 64 CSS pixels they are shown at.
const SIDE = 128;

const urls = new Map<number, string>();
/** Images on the page whose thumbnail is still being made. */
const waiting = new Map<number, HTMLImageElement>();

/** Draws the centre square, which is what the network sees of it. */
export function drawThumbnail(source: CanvasImageSource): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  const [width, height] = sizeOf(source);
  const side = Math.min(width, height);
  const context = canvas.getContext("2d");
  if (context === null || side === 0) return canvas;
  context.imageSmoothingQuality = "high";
  context.drawImage(source, (width - side) / 2, (height - side) / 2, side, side, 0, 0, SIDE, SIDE);
  return canvas;
}

/** The same for a picture file that the engine has already taken. */
export async function drawFileThumbnail(file: Blob): Promise<HTMLCanvasElement> {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  const canvas = drawThumbnail(bitmap);
  bitmap.close();
  return canvas;
}

/** Keeps the thumbnail of a shot. */
export async function keepThumbnail(shotId: number, canvas: HTMLCanvasElement): Promise<void> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
  if (blob === null) return;
  const url = URL.createObjectURL(blob);
  urls.set(shotId, url);
  const image = waiting.get(shotId);
  waiting.delete(shotId);
  if (image !== undefined) image.src = url;
}

/** Shows the thumbnail in an image, now or as soon as it is made. */
export function showThumbnail(shotId: number, image: HTMLImageElement): void {
  const url = urls.get(shotId);
  if (url === undefined) waiting.set(shotId, image);
  else if (image.getAttribute("src") !== url) image.src = url;
}

/** Moves thumbnails to new ids, given in the same order. */
export function renameThumbnails(before: number[], after: number[]): void {
  const moved = before.map((id) => urls.get(id));
  for (const id of before) urls.delete(id);
  after.forEach((id, i) => {
    const url = moved[i];
    if (url !== undefined) urls.set(id, url);
  });
}

function sizeOf(source: CanvasImageSource): [width: number, height: number] {
  if (source instanceof HTMLVideoElement) return [source.videoWidth, source.videoHeight];
  if (source instanceof HTMLImageElement) return [source.naturalWidth, source.naturalHeight];
  const { width, height } = source as ImageBitmap;
  return [width, height];
}
