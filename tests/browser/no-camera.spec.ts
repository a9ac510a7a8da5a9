/** Cameras that cannot be had: denied, missing, busy, or gone under way. The shots already taken stay. */
import type { Locator, Page } from "@playwright/test";
import type { KShotPage } from "./page.ts";
import { pathOf } from "./samples.ts";
import { anyCameraTest, expect, test } from "./test.ts";

const noCameraTest = test.extend({
  launchOptions: [
    async ({ launchOptions }, use) => {
      const none = "--use-fake-device-for-media-stream=device-count=0";
      await use({ ...launchOptions, args: [...(launchOptions.args ?? []), none] });
    },
    { scope: "worker" },
  ],
});

async function openWithAShot(kshot: KShotPage): Promise<void> {
  await kshot.open();
  await kshot.addPhotos(0, [pathOf("cup-01.jpg")]);
  await kshot.expectCount(0, 1);
}

function alertOf(page: Page, says: string): Locator {
  return page.getByRole("alert").filter({ hasText: says });
}

anyCameraTest(
  "a camera that is denied: it is said, the shots stay, and it opens once allowed",
  async ({ kshot, page }) => {
    await openWithAShot(kshot);
    await page.context().grantPermissions([]);
    await page.getByRole("button", { name: "Turn on camera" }).click();
    await expect(alertOf(page, "The camera is blocked for this page.")).toContainText(
      "Allow it in the address bar",
    );
    await kshot.expectCount(0, 1);
    await page.context().grantPermissions(["camera"]);
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(page.getByRole("button", { name: "Freeze" })).toBeVisible();
    await kshot
      .card(0)
      .getByRole("button", { name: /^Take one shot/ })
      .click();
    await kshot.expectCount(0, 2);
  },
);

noCameraTest(
  "no camera at all: it is said, the shots stay, and photos go on working",
  async ({ kshot, page }) => {
    await openWithAShot(kshot);
    await page.context().grantPermissions(["camera"]);
    await page.getByRole("button", { name: "Turn on camera" }).click();
    const alert = alertOf(page, "No camera was found.");
    await expect(alert).toContainText("Plug one in, then try again.");
    await expect(alert.getByRole("button", { name: "Try again" })).toBeVisible();
    await kshot.expectCount(0, 1);
    await kshot.askAbout(pathOf("cup-02.jpg"));
    await kshot.expectAnswer(0);
    await page.getByRole("button", { name: "Back to the camera" }).click();
    await alert.getByRole("button", { name: "No camera? Try the sample photos" }).click();
    await expect(page.getByRole("button", { name: "Load the sample photos" })).toBeVisible();
  },
);

anyCameraTest(
  "a camera that another program holds: it is said, and it opens once it is free",
  async ({ kshot, page }) => {
    // Chromium's fake camera can be held by many at once, so the refusal of a busy one is put in its place.
    await page.addInitScript(() => {
      const devices = navigator.mediaDevices;
      const open = devices.getUserMedia.bind(devices);
      let first = true;
      devices.getUserMedia = async (constraints) => {
        if (!first) return open(constraints);
        first = false;
        throw new DOMException("Could not start video source", "NotReadableError");
      };
    });
    await openWithAShot(kshot);
    await page.context().grantPermissions(["camera"]);
    await page.getByRole("button", { name: "Turn on camera" }).click();
    await expect(alertOf(page, "Another program is using the camera.")).toContainText(
      "Close it there, then try again.",
    );
    await kshot.expectCount(0, 1);
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(page.getByRole("button", { name: "Freeze" })).toBeVisible();
  },
);

anyCameraTest(
  "a camera that goes away under way: it is said, the shots stay, and it opens again",
  async ({ kshot, page }) => {
    await openWithAShot(kshot);
    await kshot.turnOnCamera();
    await kshot
      .card(0)
      .getByRole("button", { name: /^Take one shot/ })
      .click();
    await kshot.expectCount(0, 2);
    // Taking the permission away ends the track, as unplugging does.
    await page.context().clearPermissions();
    await expect(alertOf(page, "The camera was unplugged.")).toContainText("your shots are kept");
    await kshot.expectCount(0, 2);
    await page.context().grantPermissions(["camera"]);
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(page.getByRole("button", { name: "Freeze" })).toBeVisible();
    await kshot
      .card(1)
      .getByRole("button", { name: /^Take one shot/ })
      .click();
    await kshot.expectCount(1, 1);
  },
);

anyCameraTest(
  "turning the camera off lets it go, and a frozen picture stands still",
  async ({ kshot, page }) => {
    await kshot.open();
    await kshot.turnOnCamera();
    await page.getByRole("button", { name: "Freeze" }).click();
    await expect(page.getByText("Frozen")).toBeVisible();
    expect(await page.locator("video").evaluate((video) => (video as HTMLVideoElement).paused)).toBe(true);
    await page.getByRole("button", { name: "Go on" }).click();
    await expect(page.getByText("Frozen")).toBeHidden();
    const track = await page.locator("video").evaluateHandle((video) => {
      return ((video as HTMLVideoElement).srcObject as MediaStream).getVideoTracks()[0];
    });
    expect(await track.evaluate((one) => one?.readyState)).toBe("live");
    await page.getByRole("button", { name: "Turn off" }).click();
    await expect(page.getByRole("button", { name: "Turn on camera" })).toBeVisible();
    expect(await track.evaluate((one) => one?.readyState)).toBe("ended");
  },
);

anyCameraTest("recording without a picture says what to do first", async ({ kshot, page }) => {
  await kshot.open();
  await page.keyboard.press("1");
  await expect(page.getByRole("status").filter({ hasText: "Turn on the camera first" })).toBeVisible();
  await kshot.expectCount(0, 0);
});
