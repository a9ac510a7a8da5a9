/** A camera that takes its time: it opens when the test says so. */
import type { Page } from "@playwright/test";

/** Keeps cameras from opening until `openCameras`, and keeps the tracks of all of them. */
export async function holdCameras(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const devices = navigator.mediaDevices;
    const open = devices.getUserMedia.bind(devices);
    const tracks: MediaStreamTrack[] = [];
    const held: (() => void)[] = [];
    let hold = true;
    devices.getUserMedia = async (constraints) => {
      if (hold) await new Promise<void>((resolve) => held.push(resolve));
      const stream = await open(constraints);
      tracks.push(...stream.getTracks());
      return stream;
    };
    Object.assign(window, {
      slowTracks: tracks,
      openCameras: () => {
        hold = false;
        for (const release of held) release();
      },
    });
  });
}

/** Lets the cameras open, and waits until `count` have. */
export async function openCameras(page: Page, count: number): Promise<void> {
  await page.evaluate(() => Reflect.get(window, "openCameras")());
  await page.waitForFunction((n) => Reflect.get(window, "slowTracks").length === n, count);
}

/** What became of the pictures of the cameras that have opened. */
export function heldTracks(page: Page): Promise<MediaStreamTrackState[]> {
  return page.evaluate(() =>
    (Reflect.get(window, "slowTracks") as MediaStreamTrack[]).map(({ readyState }) => readyState),
  );
}
