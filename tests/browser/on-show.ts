/**
 * Reads what the file-fed camera (video.ts) shows, from the margins of the page's own <video>. It is
 * put into the page as a script, and looks a few times a second: a frame lasts longer than that.
 */
import type { Page } from "@playwright/test";

/** The segment, and which of its photos. -1 where there is no picture. */
export interface OnShow {
  segment: number;
  photo: number;
}

interface Watched {
  kshotOnShow(): OnShow;
}

const POLLING_MS = 100;
// Longer than the slower of the two videos.
const LOOP_MS = 180_000;

/** Makes every page that is opened from now on readable. */
export async function watchCamera(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const canvas = new OffscreenCanvas(2, 4);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    (window as unknown as Watched).kshotOnShow = () => {
      // The face page has a video of its own, and so has the element; the one with a picture is on show.
      const inElement = document.querySelector("k-shot")?.shadowRoot?.querySelectorAll("video") ?? [];
      const videos = [...document.querySelectorAll("video"), ...inElement];
      const video = videos.find(({ srcObject }) => srcObject !== null);
      if (video === undefined || context === null || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA)
        return { segment: -1, photo: -1 };
      const { videoWidth: width, videoHeight: height } = video;
      const margin = (width - height) / 2;
      context.drawImage(video, margin / 4, 0, margin / 2, height, 0, 0, 1, 4);
      context.drawImage(video, width - (3 * margin) / 4, 0, margin / 2, height, 1, 0, 1, 4);
      const { data } = context.getImageData(0, 0, 2, 4);
      const read = (column: number) =>
        [0, 1, 2, 3].reduce(
          (sum, bit) => sum + ((data[4 * (2 * bit + column)] ?? 0) > 127 ? 1 << bit : 0),
          0,
        );
      return { segment: read(0), photo: read(1) };
    };
  });
}

/** What is on show now. */
export function readOnShow(page: Page): Promise<OnShow> {
  return page.evaluate(() => (window as unknown as Watched).kshotOnShow());
}

/** Waits until something is on show. */
export async function waitForOnShow(page: Page, wanted: OnShow): Promise<void> {
  await page.waitForFunction(
    ({ segment, photo }) => {
      const now = (window as unknown as Watched).kshotOnShow();
      return now.segment === segment && now.photo === photo;
    },
    wanted,
    { timeout: LOOP_MS, polling: POLLING_MS },
  );
}

/** Every answer the page gave while a segment was on show, as `data-answer` has it, in turn. */
export function readAnswers(page: Page, segment: number): Promise<string[]> {
  return page.evaluate(
    ({ segment, polling }) =>
      new Promise<string[]>((resolve) => {
        const answers: string[] = [];
        const timer = setInterval(() => {
          answers.push(document.querySelector<HTMLElement>("[data-answer]")?.dataset.answer ?? "");
          if ((window as unknown as Watched).kshotOnShow().segment === segment) return;
          clearInterval(timer);
          resolve(answers);
        }, polling);
      }),
    { segment, polling: POLLING_MS },
  );
}
