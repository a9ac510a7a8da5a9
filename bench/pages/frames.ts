/** The frames that are measured: one photo, drawn once on canvases of the sizes wanted. */
import type { Frame } from "./peer";

/** A canvas of the given size that the photo covers, as an object-fit: cover would. */
export async function loadFrame(url: string, width: number, height: number): Promise<Frame> {
  const photo = await createImageBitmap(await (await fetch(url)).blob());
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  // Kept in memory rather than on the GPU: that is where onnxruntime and kshot's CPU path read it.
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("there is no 2D canvas here");
  const scale = Math.max(width / photo.width, height / photo.height);
  const [drawnWidth, drawnHeight] = [photo.width * scale, photo.height * scale];
  context.imageSmoothingQuality = "high";
  context.drawImage(photo, (width - drawnWidth) / 2, (height - drawnHeight) / 2, drawnWidth, drawnHeight);
  photo.close();
  return canvas;
}
