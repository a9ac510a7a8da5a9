/** Frame time and answers a second, as the bar on top says them, beside what really reaches the engine. */
import type { Page } from "@playwright/test";
import { expect, anyCameraTest as test } from "./test.ts";

/** Notes when a frame is handed to the engine. */
async function noteFrames(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const stamps: number[] = [];
    Object.assign(window, { stamps });
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (...message: unknown[]) {
      if ((message[0] as { call?: string }).call === "classify") stamps.push(performance.now());
      return post.apply(this, message as Parameters<typeof post>);
    };
  });
}

/** What is shown, and what was counted over the last twelve frames. */
const readPace = (page: Page) =>
  page.evaluate(() => {
    const shown = document.getElementById("device-pill")?.innerText ?? "";
    const numberBefore = (unit: string) => Number(shown.match(new RegExp(`([\\d.]+) ?${unit}`))?.[1]);
    const last = (Reflect.get(window, "stamps") as number[]).slice(-12);
    const seconds = ((last.at(-1) ?? 0) - (last[0] ?? 0)) / 1000;
    return {
      shown,
      time: numberBefore("ms"),
      rate: numberBefore("/s"),
      counted: (last.length - 1) / seconds,
    };
  });

for (const width of [1280, 390]) {
  test(`at ${width} pixels the time of a frame and the answers a second are on show, and true`, async ({
    kshot,
    page,
  }) => {
    await page.setViewportSize({ width, height: 844 });
    await noteFrames(page);
    await kshot.open();
    await kshot.turnOnCamera();
    await expect(async () => {
      const { shown, time, rate, counted } = await readPace(page);
      expect(shown).toContain("CPU");
      expect(rate / counted, `${shown}, counted ${counted}/s`).toBeGreaterThan(0.8);
      expect(rate / counted, `${shown}, counted ${counted}/s`).toBeLessThan(1.25);
      // One frame is in flight: it takes no longer than from one to the next, and not next to nothing.
      expect(time, `${shown}, counted ${counted}/s`).toBeLessThan(1.25 * (1000 / counted));
      expect(time, shown).toBeGreaterThan(1);
    }).toPass({ timeout: 20_000 });
  });
}
