/** One picture at a time on the stage: a photo has the answers to itself, whatever the camera does behind it. */
import type { Page } from "@playwright/test";
import { drop } from "./drop.ts";
import { asUpload, pathOf } from "./samples.ts";
import { heldTracks, holdCameras, openCameras } from "./slow-camera.ts";
import { expect, anyCameraTest as test } from "./test.ts";

const PHOTO = asUpload("football-05.jpg");
const BAD = { name: "notes.jpg", mimeType: "image/jpeg", buffer: Buffer.from("these are my notes") };

/** Opens a camera beside the page's, which takes as long as the page's own would. */
async function waitAsLongAsACameraTakes(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const stream = await navigator.mediaDevices.getUserMedia({ video: true });
    for (const track of stream.getTracks()) track.stop();
  });
}

const hasCamera = (page: Page) =>
  page.locator("#video").evaluate((video) => (video as HTMLVideoElement).srcObject !== null);

test("a photo dropped on the samples is answered, and no camera opens behind it", async ({ kshot, page }) => {
  await page.context().grantPermissions(["camera"]);
  await page.goto("./?task=samples");
  await kshot.ready();
  await kshot.loadSamples();
  await drop(page.getByRole("region", { name: "Picture" }), PHOTO);
  await expect(page.getByRole("img", { name: PHOTO.name })).toBeVisible();
  await kshot.expectAnswer(1);
  await waitAsLongAsACameraTakes(page);
  expect(await hasCamera(page)).toBe(false);
  await kshot.expectAnswer(1);
  await page.getByRole("button", { name: "Back to the camera" }).click();
  await expect(page.getByRole("button", { name: "Turn off" })).toBeVisible();
});

test("a photo that comes while the camera is opening keeps the stage, and the camera is let go", async ({
  kshot,
  page,
}) => {
  await holdCameras(page);
  await kshot.open();
  await kshot.loadSamples();
  await page.getByRole("tab", { name: "Camera" }).click();
  await page.context().grantPermissions(["camera"]);
  await page.getByRole("button", { name: "Turn on camera" }).click();
  await expect(page.getByText("Opening the camera…")).toBeVisible();
  await kshot.askAbout(BAD);
  await expect(page.getByText("This is no picture that the browser can read.")).toBeVisible();
  await expect(page.getByText("Opening the camera…"), "a bad photo changes nothing").toBeVisible();
  await kshot.askAbout(PHOTO);
  await kshot.expectAnswer(1);
  await openCameras(page, 2);
  await expect.poll(() => heldTracks(page)).toEqual(["ended", "ended"]);
  expect(await hasCamera(page)).toBe(false);
  await kshot.expectAnswer(1);
  await page.getByRole("button", { name: "Back to the camera" }).click();
  await expect(page.getByRole("button", { name: "Turn off" })).toBeVisible();
});

test("a camera that is slow opens after a look at the samples", async ({ kshot, page }) => {
  await holdCameras(page);
  await page.context().grantPermissions(["camera"]);
  await page.goto("./");
  await kshot.ready();
  await expect(page.getByText("Opening the camera…")).toBeVisible();
  await page.getByRole("tab", { name: "Samples" }).click();
  await page.getByRole("tab", { name: "Camera" }).click();
  await expect(page.getByText("Opening the camera…")).toBeVisible();
  await openCameras(page, 2);
  await expect(page.getByRole("button", { name: "Turn off" })).toBeVisible();
  await expect(page.locator("#stage-error")).toBeHidden();
});

test("a file that is no photo leaves a frozen picture frozen, and a moving one moving", async ({
  kshot,
  page,
}) => {
  await kshot.open();
  await kshot.addPhotos(0, [pathOf("cup-01.jpg")]);
  await kshot.turnOnCamera();
  const refused = page.getByRole("alert").filter({ hasText: "1 file was not added" });
  const paused = () => page.locator("#video").evaluate((video) => (video as HTMLVideoElement).paused);
  await kshot.askAbout(BAD);
  await expect(refused).toBeVisible();
  await expect.poll(paused).toBe(false);
  await page.getByRole("button", { name: "Freeze" }).click();
  await refused.getByRole("button", { name: "Dismiss" }).click();
  await kshot.askAbout(BAD);
  await expect(refused).toBeVisible();
  await expect(page.getByText("Frozen")).toBeVisible();
  expect(await paused()).toBe(true);
});
