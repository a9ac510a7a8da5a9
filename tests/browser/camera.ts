/**
 * A camera made from photos: a raw video that Chromium plays in the place of a webcam.
 *
 * Three things are shown one after the other, each in several photos that move slowly, as if held by a
 * hand; then OTHER photos of the same three things; then things that are none of them; and again from
 * the start. What is on show stands in the margins beside the centred square, which the network never
 * sees: four blocks each, black or white, are the number of the segment (left) and of its photo (right).
 * So tests wait for what is on show and never for a time.
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
import type { Project } from "./chromium.ts";
import { fileOf, samples } from "./samples.ts";

const WIDTH = 640;
const HEIGHT = 480;
const CACHE = fileURLToPath(new URL("../../node_modules/.cache/kshot-tests/", import.meta.url));

/** Frames a segment: long enough to record in, and to be asked about in. */
const SHOT_FRAMES = 24;
const QUERY_FRAMES = 12;

/**
 * Frames a second, and with it how long a segment lasts. The software adapter takes seconds for a frame,
 * and two shots with the answers between them have to fit into a segment.
 */
const RATE: Record<Project, number> = { cpu: 4, webgpu: 2 };

/** One thing on show. `photos` share the segment's time. */
interface Segment {
  photos: string[];
  frames: number;
}

// The queries show other things of the same kind, which asks more than a person does who shows the same
// mug again. Cups differ so much that the threshold found from a burst of four takes some for strangers.
const THINGS = samples.classes.filter(({ key }) => key !== "cup");
const SEGMENTS: Segment[] = [
  ...THINGS.map(({ shots }) => ({ photos: shots, frames: SHOT_FRAMES })),
  ...THINGS.map(({ queries }) => ({ photos: queries, frames: QUERY_FRAMES })),
  { photos: samples.unknown.map(({ file }) => file), frames: QUERY_FRAMES },
];

/** The last photo of a segment, counted from 0. */
export const LAST_PHOTO = 3;

/** The three things in front of the camera, and the numbers of their segments. */
export const things = THINGS.map(({ name }, i) => ({ name: name.en, shots: i, queries: THINGS.length + i }));

/** The segment with things that belong to no class. */
export const UNKNOWN = 2 * THINGS.length;

/**
 * Chromium's arguments for this camera; draws its video where that was not done before. With `plain` the
 * photos fill the picture and nothing stands in the margins: for screenshots.
 */
export async function cameraArguments(
  project: Project,
  browser: LaunchOptions,
  plain = false,
): Promise<string[]> {
  const path = await drawCamera(RATE[project], browser, plain);
  return [...FAKE_CAMERA, `--use-file-for-fake-video-capture=${path}`];
}

/** When the segments begin in the video that runs without a GPU, in seconds from the start. */
export function beginningOf(segment: number): number {
  return SEGMENTS.slice(0, segment).reduce((sum, { frames }) => sum + frames, 0) / RATE.cpu;
}

/** Chromium's argument for a camera that shows a test picture. The permission is the page's own affair. */
export const FAKE_CAMERA = ["--use-fake-device-for-media-stream"];

async function drawCamera(rate: number, browser: LaunchOptions, plain: boolean): Promise<string> {
  const photos = SEGMENTS.map((segment) => segment.photos.map(fileOf));
  const hash = createHash("sha256").update(readFileSync(fileURLToPath(import.meta.url)));
  for (const photo of photos.flat()) hash.update(photo);
  const kind = `${plain ? "plain" : "camera"}-${rate}fps-`;
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
    for (const [number, segment] of SEGMENTS.entries()) {
      const urls = photos[number]?.map((photo) => `data:image/jpeg;base64,${photo.toString("base64")}`) ?? [];
      const frames = await page.evaluate(drawSegment, {
        urls,
        number,
        frames: segment.frames,
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

interface Drawing {
  urls: string[];
  number: number;
  frames: number;
  width: number;
  height: number;
  plain: boolean;
}

/** Runs in the browser; gives the frames of one segment as I420 in base64. */
async function drawSegment({ urls, number, frames, width, height, plain }: Drawing): Promise<string[]> {
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
    const turn = (2 * Math.PI * (frame % each)) / each;
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
