/** Playwright's `test`, with the page, the API page and the file-fed camera as fixtures. */
import { test as base, type Page } from "@playwright/test";
import { cameraArguments, FAKE_CAMERA } from "./camera.ts";
import type { Project } from "./chromium.ts";
import { faceCameraArguments } from "./face-camera.ts";
import { watchCamera } from "./on-show.ts";
import { KShotPage } from "./page.ts";
import { API_URL } from "./servers.ts";

export { expect } from "@playwright/test";

interface Fixtures {
  /** The page, not opened yet. */
  kshot: KShotPage;
  /** A page with the API on its window. */
  api: Page;
  /** The backend that this run is about. */
  project: Project;
}

export const test = base.extend<Fixtures>({
  kshot: async ({ page }, use) => {
    // A fault of the page itself fails whatever test meets it.
    const faults: Error[] = [];
    page.on("pageerror", (error) => faults.push(error));
    await watchCamera(page);
    await use(new KShotPage(page));
    if (faults.length > 0)
      throw new AggregateError(faults, `the page threw: ${faults.map(String).join("; ")}`);
  },
  api: async ({ page }, use) => {
    await page.goto(API_URL);
    await page.locator("html[data-api=ready]").waitFor({ state: "attached", timeout: 60_000 });
    await use(page);
  },
  project: async ({ browserName: _ }, use, info) => {
    await use(info.project.name as Project);
  },
});

/** With a camera that shows three things in turn (camera.ts). */
export const cameraTest = test.extend({
  launchOptions: [
    async ({ launchOptions }, use, info) => {
      const more = await cameraArguments(info.project.name as Project, launchOptions);
      await use({ ...launchOptions, args: [...(launchOptions.args ?? []), ...more] });
    },
    { scope: "worker" },
  ],
});

/** With the same camera for screenshots: nothing stands in the margins. */
export const plainCameraTest = test.extend({
  launchOptions: [
    async ({ launchOptions }, use) => {
      const more = await cameraArguments("cpu", launchOptions, true);
      await use({ ...launchOptions, args: [...(launchOptions.args ?? []), ...more] });
    },
    { scope: "worker" },
  ],
});

/** With a camera that shows faces (face-camera.ts). */
export const faceCameraTest = withFaces(false);

/** With the same camera for screenshots. */
export const plainFaceCameraTest = withFaces(true);

/** With Chromium's own test picture as a camera. */
export const anyCameraTest = test.extend({
  launchOptions: [
    async ({ launchOptions }, use) => {
      await use({ ...launchOptions, args: [...(launchOptions.args ?? []), ...FAKE_CAMERA] });
    },
    { scope: "worker" },
  ],
});

function withFaces(plain: boolean) {
  return test.extend({
    launchOptions: [
      async ({ launchOptions }, use, info) => {
        const more = await faceCameraArguments(
          plain ? "cpu" : (info.project.name as Project),
          launchOptions,
          plain,
        );
        await use({ ...launchOptions, args: [...(launchOptions.args ?? []), ...more] });
      },
      { scope: "worker" },
    ],
  });
}
