/**
 * A camera made from photos (video.ts): three things are shown one after the other, each in several photos that
 * move slowly, as if held by a hand; then OTHER photos of the same three things; then things that are none of them; then
 * one of these at rest; and again from the start.
 */
import type { LaunchOptions } from "@playwright/test";
import type { Project } from "./chromium.ts";
import { fileOf, samples } from "./samples.ts";
import { drawVideo } from "./video.ts";

/** Frames a segment: long enough to record in, and to be asked about in. */
const SHOT_FRAMES = 24;
const QUERY_FRAMES = 12;

/**
 * Frames a second, and with it how long a segment lasts. The software adapter takes up to a second for a frame,
 * and two shots with the answers between them have to fit into a segment.
 */
const RATE: Record<Project, number> = { cpu: 4, webgpu: 2 };

/** One thing on show. `photos` share the segment's time. */
interface Segment {
  photos: string[];
  frames: number;
  still?: boolean;
}

// The queries show other things of the same kind, which asks more than a person does who shows the same
// mug again. Cups differ so much that the threshold found from a burst of four takes some for strangers.
const THINGS = samples.classes.filter(({ key }) => key !== "cup");
const SEGMENTS: Segment[] = [
  ...THINGS.map(({ shots }) => ({ photos: shots, frames: SHOT_FRAMES })),
  ...THINGS.map(({ queries }) => ({ photos: queries, frames: QUERY_FRAMES })),
  { photos: samples.unknown.map(({ file }) => file), frames: QUERY_FRAMES },
  { photos: samples.unknown.slice(0, 1).map(({ file }) => file), frames: SHOT_FRAMES, still: true },
];

/** The last photo of a segment, counted from 0. */
export const LAST_PHOTO = 3;

/** The three things in front of the camera, and the numbers of their segments. */
export const things = THINGS.map(({ name }, i) => ({ name: name.en, shots: i, queries: THINGS.length + i }));

/** The segment with things that belong to no class. */
export const UNKNOWN = 2 * THINGS.length;

/** The segment in which nothing moves. */
export const AT_REST = UNKNOWN + 1;

/**
 * Chromium's arguments for this camera; draws its video where that was not done before. With `plain` the
 * photos fill the picture and nothing stands in the margins: for screenshots.
 */
export async function cameraArguments(
  project: Project,
  browser: LaunchOptions,
  plain = false,
): Promise<string[]> {
  const path = await drawVideo({
    name: plain ? "plain" : "camera",
    rate: RATE[project],
    segments: SEGMENTS.map(({ photos, ...how }) => ({
      photos: photos.map((photo) => ({ jpeg: fileOf(photo) })),
      ...how,
    })),
    plain,
    browser,
  });
  return [...FAKE_CAMERA, `--use-file-for-fake-video-capture=${path}`];
}

/** When the segments begin in the video that runs without a GPU, in seconds from the start. */
export function beginningOf(segment: number): number {
  return SEGMENTS.slice(0, segment).reduce((sum, { frames }) => sum + frames, 0) / RATE.cpu;
}

/** Chromium's argument for a camera that shows a test picture. The permission is the page's own affair. */
export const FAKE_CAMERA = ["--use-fake-device-for-media-stream"];
