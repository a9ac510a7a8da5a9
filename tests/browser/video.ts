/**
 * A camera made from photos: a raw video that Chromium plays in the place of a webcam.
 *
 * What is on show stands in the margins beside the centred square: four blocks each, black or white, are the number of
 * the segment (left) and of its photo (right). So tests wait for what is on show and never for a time.
 */
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium, type LaunchOptions } from "@playwright/test";
import { type Head, turnHead } from "./turned-head.ts";

const WIDTH = 640;
const HEIGHT = 480;
const CACHE = fileURLToPath(new URL("../../node_modules/.cache/kshot-tests/", import.meta.url));

/** A photo on show; with `head` the one in it is turned, with `cut` it is cut down to a part. */
export interface VideoPhoto {
  jpeg: Buffer;
  head?: Head;
  cut?: Part;
}

/** A part of a photo in pixels. */
export interface Part {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** A part of the video. Its photos share its frames. */
export interface VideoSegment {
  photos: VideoPhoto[];
  frames: number;
  /** Whether they rest, and do not move as if held by a hand. */
  still?: boolean;
}

/** What the video is to show. */
export interface VideoPlan {
  /** Begins the file's name; an older file of that name goes. */
  name: string;
  /** Frames a second. */
  rate: number;
  segments: VideoSegment[];
  /** The photos fill the picture and nothing stands in the margins: for screenshots. */
  plain: boolean;
  browser: LaunchOptions;
}

/** Draws the video where that was not done before; gives its path. */
export async function drawVideo({ name, rate, segments, plain, browser }: VideoPlan): Promise<string> {
  const hash = createHash("sha256");
  for (const source of ["./video.ts", "./turned-head.ts"])
    hash.update(readFileSync(fileURLToPath(new URL(source, import.meta.url))));
  for (const { photos, frames, still } of segments) {
    hash.update(`${frames} ${still} `);
    for (const { jpeg, ...how } of photos) hash.update(JSON.stringify(how)).update(jpeg);
  }
  const kind = `${name}-${rate}fps-`;
  const path = `${CACHE}${kind}${hash.digest("hex").slice(0, 12)}.y4m`;
  if (existsSync(path)) return path;
  mkdirSync(CACHE, { recursive: true });
  // Each is 50 MB: those of older photos or code go.
  for (const old of readdirSync(CACHE)) {
    if (old.startsWith(kind)) rmSync(CACHE + old);
  }
  const drawn = await chromium.launch(browser);
  const file = openSync(`${path}.part`, "w");
  try {
    const page = await drawn.newPage();
    writeSync(file, `YUV4MPEG2 W${WIDTH} H${HEIGHT} F${rate}:1 Ip A1:1 C420jpeg\n`);
    for (const [number, segment] of segments.entries()) {
      const urls: string[] = [];
      for (const { jpeg, head, cut } of segment.photos) {
        let url = `data:image/jpeg;base64,${jpeg.toString("base64")}`;
        if (cut !== undefined) url = await page.evaluate(cutOut, { url, cut });
        urls.push(head === undefined ? url : await page.evaluate(turnHead, { url, head }));
      }
      const frames = await page.evaluate(drawSegment, {
        urls,
        number,
        frames: segment.frames,
        still: segment.still ?? false,
        width: WIDTH,
        height: HEIGHT,
        plain,
      });
      for (const frame of frames) {
        writeSync(file, "FRAME\n");
        writeSync(file, Buffer.from(frame, "base64"));
      }
    }
  } finally {
    closeSync(file);
    await drawn.close();
  }
  // Whole or not at all: a run that was broken off leaves no half video behind.
  renameSync(`${path}.part`, path);
  return path;
}

/** Runs in the browser; gives a part of the photo as a data URL. */
async function cutOut({ url, cut }: { url: string; cut: Part }): Promise<string> {
  const image = new Image();
  image.src = url;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = cut.width;
  canvas.height = cut.height;
  canvas.getContext("2d")?.drawImage(image, -cut.left, -cut.top);
  return canvas.toDataURL("image/png");
}

interface Drawing {
  urls: string[];
  number: number;
  frames: number;
  still: boolean;
  width: number;
  height: number;
  plain: boolean;
}

/** Runs in the browser; gives the frames of one segment as I420 in base64. */
async function drawSegment({
  urls,
  number,
  frames,
  still,
  width,
  height,
  plain,
}: Drawing): Promise<string[]> {
  const images = await Promise.all(
    urls.map(async (url) => {
      const image = new Image();
      image.src = url;
      await image.decode();
      return image;
    }),
  );
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (context === null) throw new Error("there is no 2d canvas");
  context.imageSmoothingQuality = "high";

  const draw = (frame: number) => {
    const each = frames / images.length;
    const photo = Math.floor(frame / each);
    const image = images[photo];
    if (image === undefined) throw new Error("a segment has no photo");
    const turn = still ? 0 : (2 * Math.PI * (frame % each)) / each;
    const fit = Math.max(height / Math.min(image.width, image.height), plain ? width / image.width : 0);
    const scale = fit * (1.04 + 0.04 * Math.sin(turn));
    const [w, h] = [image.width * scale, image.height * scale];
    context.fillStyle = "#7f7f7f";
    context.fillRect(0, 0, width, height);
    context.drawImage(image, (width - w) / 2 + 8 * Math.cos(turn), (height - h) / 2, w, h);
    const margin = plain ? 0 : (width - height) / 2;
    for (const [left, value] of [
      [0, number],
      [width - margin, photo],
    ] as const) {
      for (let bit = 0; bit < 4; bit++) {
        context.fillStyle = (value >> bit) & 1 ? "#fff" : "#000";
        context.fillRect(left, (bit * height) / 4, margin, height / 4);
      }
    }
    return context.getImageData(0, 0, width, height).data;
  };

  // BT.601 in the limited range, the way webcams send it.
  const toI420 = (rgba: Uint8ClampedArray) => {
    const luma = width * height;
    const out = new Uint8Array(luma * 1.5);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const at = 4 * (y * width + x);
        const [r = 0, g = 0, b = 0] = [rgba[at], rgba[at + 1], rgba[at + 2]];
        out[y * width + x] = 16.5 + 0.257 * r + 0.504 * g + 0.098 * b;
        if ((x | y) & 1) continue;
        const half = luma + (y / 2) * (width / 2) + x / 2;
        out[half] = 128.5 - 0.148 * r - 0.291 * g + 0.439 * b;
        out[half + luma / 4] = 128.5 + 0.439 * r - 0.368 * g - 0.071 * b;
      }
    }
    return out;
  };

  const toBase64 = async (bytes: Uint8Array<ArrayBuffer>) => {
    const reader = new FileReader();
    await new Promise((resolve) => {
      reader.onload = resolve;
      reader.readAsDataURL(new Blob([bytes]));
    });
    return String(reader.result).split(",")[1] ?? "";
  };

  const result: string[] = [];
  for (let frame = 0; frame < frames; frame++) result.push(await toBase64(toI420(draw(frame))));
  return result;
}
