/**
 * Turns whatever the caller has into a frame that can be handed to the worker.
 *
 * It measures and refuses; it never looks at a pixel. Crop, resize and normalisation happen once,
 * in the engine (frame.rs).
 */
import type { Frame, PictureLimits } from "./engine.ts";
import { asKShotError, KShotError, messageOf } from "./errors.ts";
import type { FrameSource } from "./types.ts";

/**
 * Takes a picture of the source as it is now; the caller keeps the source, the engine closes the frame.
 *
 * A `Blob` is measured by its header first, so that a picture far too large is refused before anyone
 * decodes it. Throws `picture_unreadable`, `picture_too_small`, `picture_too_large`, `video_not_ready`.
 */
export async function takeFrame(source: FrameSource, limits: PictureLimits): Promise<Frame> {
  if (source instanceof Blob) {
    const size = await measureBlob(source);
    checkSize(size.width, size.height, limits);
  } else {
    const size = measure(source);
    checkSize(size.width, size.height, limits);
  }
  try {
    if (isVideoFrame(source)) return draw(source);
    // For photos this applies the EXIF orientation; for all else it changes nothing.
    return await createImageBitmap(source, { imageOrientation: "from-image" });
  } catch (error) {
    throw asKShotError(error, "picture_unreadable");
  }
}

interface Size {
  width: number;
  height: number;
}

function measure(source: Exclude<FrameSource, Blob>): Size {
  if (source instanceof HTMLVideoElement) {
    if (source.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) {
      throw new KShotError("video_not_ready", "the video has no picture yet");
    }
    return { width: source.videoWidth, height: source.videoHeight };
  }
  if (source instanceof HTMLImageElement) {
    if (!source.complete || source.naturalWidth === 0) {
      throw new KShotError("picture_unreadable", "the image is not loaded, or is none");
    }
    return { width: source.naturalWidth, height: source.naturalHeight };
  }
  if (isVideoFrame(source)) {
    return { width: source.displayWidth, height: source.displayHeight };
  }
  const { width, height } = source as Size;
  return { width, height };
}

/** Whether it is a frame of a camera or a video, where the browser knows such. */
export function isVideoFrame(source: FrameSource): source is VideoFrame {
  return typeof VideoFrame !== "undefined" && source instanceof VideoFrame;
}

/** As it is to be shown: `createImageBitmap` forgets a frame's rotation, and not every GPU takes a `VideoFrame`. */
function draw(frame: VideoFrame): ImageBitmap {
  const canvas = new OffscreenCanvas(frame.displayWidth, frame.displayHeight);
  canvas.getContext("2d")?.drawImage(frame, 0, 0, canvas.width, canvas.height);
  return canvas.transferToImageBitmap();
}

/** The size of a picture in a file, without its pixels. */
async function measureBlob(blob: Blob): Promise<Size> {
  const url = URL.createObjectURL(blob);
  const image = new Image();
  try {
    // `load` comes with the size; the pixels are decoded when the image is drawn, and it never is.
    await new Promise<void>((resolve, reject) => {
      image.onload = () => resolve();
      image.onerror = () => reject(new Error("the browser cannot read this file as a picture"));
      image.src = url;
    });
    return { width: image.naturalWidth, height: image.naturalHeight };
  } catch (error) {
    throw new KShotError("picture_unreadable", messageOf(error), { cause: error });
  } finally {
    image.removeAttribute("src");
    URL.revokeObjectURL(url);
  }
}

function checkSize(width: number, height: number, { minSide, maxPixels }: PictureLimits): void {
  if (Math.min(width, height) < minSide) {
    throw new KShotError(
      "picture_too_small",
      `the picture is ${width} x ${height} pixels; each side needs at least ${minSide}`,
    );
  }
  if (width * height > maxPixels) {
    throw new KShotError(
      "picture_too_large",
      `the picture is ${width} x ${height} pixels; at most ${Math.floor(maxPixels / 1e6)} million are taken`,
    );
  }
}
