/**
 * A camera of faces, made from photos (video.ts): one person turns the head round the ring, halfway another one steps
 * in, and one who is seen from the side; then the head turns on; other photos of the same person, then with glasses on;
 * strangers; nobody; and a head that turns far left and right, and right and left, for the liveness challenge.
 *
 * On WebGPU, where the software adapter takes its time for a look, a shorter one: once round the ring, the
 * person, strangers, nobody, and the same people once more.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { LaunchOptions } from "@playwright/test";
import { FAKE_CAMERA } from "./camera.ts";
import type { Project } from "./chromium.ts";
import type { Head } from "./turned-head.ts";
import { drawVideo, type VideoPhoto, type VideoSegment } from "./video.ts";

/** Frames a second. */
const RATE: Record<Project, number> = { cpu: 4, webgpu: 2 };
/** Frames that a head rests in one direction: it is taken at the second look of its rest. */
const REST_FRAMES = 8;
/** The same in a challenge, both turns of which have to fit into its ten seconds. */
const TURN_FRAMES = 6;
const STILL_FRAMES: Record<Project, number> = { cpu: 12, webgpu: 10 };

/** Eyes of `caltech-p05-1.jpg`, read off the photo. */
const EYES: Head["eyes"] = [
  [122.6, 93.1],
  [168, 93.1],
];
/**
 * Straight ahead, then round the ring as a mirror shows it: up, up right, right and so on. Well beyond the 14 and 10
 * degrees at which a direction counts (src/face/enrolment.rs), for the six points see less pitch than there is.
 */
const FIRST_HALF: [yaw: number, pitch: number][] = [
  [0, 0],
  [0, 24],
  [-22, 23],
  [-22, 0],
  [-22, -28],
];
const SECOND_HALF: [yaw: number, pitch: number][] = [
  [0, -28],
  [24, -28],
  [24, 0],
  [24, 25],
];
/** Beyond the 22 degrees of a challenge (src/face/challenge.rs). */
const FAR = 33;
/** A long look straight ahead, in which a challenge can begin; then one way and the other. */
const turnsOf = (first: number): [yaw: number, pitch: number][] => [
  [0, 0],
  [0, 0],
  [0, 0],
  [first, 0],
  [0, 0],
  [-first, 0],
  [0, 0],
];

/** The numbers of the segments, on the CPU. */
export const SHOWN = {
  firstHalf: 0,
  intruder: 1,
  profile: 2,
  secondHalf: 3,
  owner: 4,
  glasses: 5,
  strangers: 6,
  nobody: 7,
  leftThenRight: 8,
  rightThenLeft: 9,
} as const;

/** The numbers of the segments on WebGPU. */
export const SHOWN_SLOWLY = {
  ring: 0,
  owner: 1,
  stranger: 2,
  nobody: 3,
  ownerAgain: 4,
  second: 5,
  third: 6,
} as const;

/** Where a photo of a face lies. */
export function facePath(name: string): string {
  return fileURLToPath(new URL(`../fixtures/faces/${name}.jpg`, import.meta.url));
}

/** Chromium's arguments for this camera. */
export async function faceCameraArguments(
  project: Project,
  browser: LaunchOptions,
  plain: boolean,
): Promise<string[]> {
  const path = await drawVideo({
    name: plain ? "faces-plain" : "faces",
    rate: RATE[project],
    segments: segmentsFor(project),
    plain,
    browser,
  });
  return [...FAKE_CAMERA, `--use-file-for-fake-video-capture=${path}`];
}

function segmentsFor(project: Project): VideoSegment[] {
  const turning = (turns: [number, number][], rest = REST_FRAMES) => ({
    photos: turns.map(([yaw, pitch]) => photo("caltech-p05-1", { eyes: EYES, yaw, pitch })),
    frames: turns.length * rest,
    still: true,
  });
  const showing = (...shown: (string | VideoPhoto)[]) => ({
    photos: shown.map((one) => (typeof one === "string" ? photo(one) : one)),
    frames: STILL_FRAMES[project],
  });
  const rocket = {
    jpeg: readFileSync(fileURLToPath(new URL("../fixtures/photos/rocket.png", import.meta.url))),
  };
  if (project === "webgpu")
    return [
      turning([...FIRST_HALF, ...SECOND_HALF]),
      showing("caltech-p05-2"),
      showing("caltech-p15-2"),
      showing(rocket),
      showing("caltech-p05-3"),
      showing("caltech-p15-3"),
      showing("caltech-p21-1"),
    ];
  const glasses = photo("caltech-p05-1", { eyes: EYES, yaw: 0, pitch: 0, glasses: true });
  return [
    turning(FIRST_HALF),
    showing("caltech-p15-1"),
    { photos: [profile()], frames: STILL_FRAMES[project], still: true },
    turning(SECOND_HALF),
    showing("caltech-p05-2", "caltech-p05-3"),
    { photos: [glasses], frames: STILL_FRAMES[project], still: true },
    showing("caltech-p15-2", "caltech-p21-1"),
    showing(rocket),
    turning(turnsOf(FAR), TURN_FRAMES),
    turning(turnsOf(-FAR), TURN_FRAMES),
  ];
}

/** A photo of a woman from the side, which comes with face-api; nothing of it is in this repository. */
function profile(): VideoPhoto {
  const demo = new URL("../../node_modules/@vladmandic/face-api/demo/sample2.jpg", import.meta.url);
  const cut = { left: 250, top: 0, width: 640, height: 480 };
  return { jpeg: readFileSync(fileURLToPath(demo)), cut };
}

function photo(name: string, head?: Head): VideoPhoto {
  const jpeg = readFileSync(facePath(name));
  return head === undefined ? { jpeg } : { jpeg, head };
}
