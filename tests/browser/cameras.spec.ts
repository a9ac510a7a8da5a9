/** Several cameras: choosing one, turning a phone's round, mirroring, and going on with another where one is gone. */
import type { Locator, Page } from "@playwright/test";
import { FacePage } from "./face-page.ts";
import { asUpload } from "./samples.ts";
import { expect, test as plainTest } from "./test.ts";

const test = plainTest.extend({
  launchOptions: [
    async ({ launchOptions }, use) => {
      const two = "--use-fake-device-for-media-stream=device-count=2";
      await use({ ...launchOptions, args: [...(launchOptions.args ?? []), two] });
    },
    { scope: "worker" },
  ],
});

/** Cameras that are gone, or held by another program, by their labels; read by the page's own calls. */
async function loseCameras(page: Page): Promise<(how: "gone" | "busy", label: string) => Promise<void>> {
  await page.addInitScript(() => {
    const lost = { gone: "", busy: "" };
    Object.assign(window, { lost });
    const devices = navigator.mediaDevices;
    const list = devices.enumerateDevices.bind(devices);
    const open = devices.getUserMedia.bind(devices);
    devices.enumerateDevices = async () =>
      (await list()).filter(({ label }) => label !== lost.gone || label === "");
    devices.getUserMedia = async (constraints) => {
      const video = constraints?.video as MediaTrackConstraints;
      const asked = (video.deviceId as ConstrainDOMStringParameters | undefined)?.exact;
      const label = (await list()).find(({ deviceId }) => deviceId === asked)?.label ?? "any";
      if (label === lost.busy) throw new DOMException("Could not start video source", "NotReadableError");
      return open(label === lost.gone ? { video: { deviceId: { exact: "no such camera" } } } : constraints);
    };
  });
  return (how, label) =>
    page.evaluate(
      (one) => {
        Object.assign(Reflect.get(window, "lost"), one);
      },
      { [how]: label },
    );
}

/** Ends the process that takes the pictures: to the page it is as if the cable were pulled. */
async function pullTheCable(page: Page): Promise<void> {
  const browser = await page.context().browser()?.newBrowserCDPSession();
  const processes = (await browser?.send("SystemInfo.getProcessInfo"))?.processInfo ?? [];
  const capture = processes.find(({ type }) => type.includes("VideoCapture"));
  if (capture === undefined) throw new Error("no process takes pictures");
  process.kill(capture.id, "SIGKILL");
}

const picker = (page: Page): Locator => page.getByRole("combobox", { name: "Camera" });
const video = (page: Page): Locator => page.locator("video").filter({ visible: true });

/** The camera whose picture is on show. */
const onShow = (page: Page): Promise<string | undefined> =>
  video(page).evaluate(
    (video) => ((video as HTMLVideoElement).srcObject as MediaStream | null)?.getVideoTracks()[0]?.label,
  );

const isMirrored = (page: Page): Promise<boolean> =>
  video(page).evaluate((video) => new DOMMatrix(getComputedStyle(video).transform).a === -1);

test("another camera is chosen by its name, also after a photo", async ({ kshot, page }) => {
  await kshot.open();
  await expect(picker(page)).toBeHidden();
  await kshot.turnOnCamera();
  expect(await onShow(page)).toBe("fake_device_0");
  await expect(picker(page).locator("option")).toHaveText(["fake_device_0", "fake_device_1"]);
  await picker(page).selectOption("fake_device_1");
  await expect.poll(() => onShow(page)).toBe("fake_device_1");
  await kshot.askAbout(asUpload("cup-01.jpg"));
  await expect(page.getByRole("button", { name: "Back to the camera" })).toBeVisible();
  await expect(picker(page)).toBeHidden();
  await page.getByRole("button", { name: "Back to the camera" }).click();
  await expect(picker(page).locator("option:checked")).toHaveText("fake_device_1");
  expect(await onShow(page)).toBe("fake_device_1");
});

test("a chosen camera that is pulled out leaves the other one to go on with", async ({ kshot, page }) => {
  const lose = await loseCameras(page);
  await kshot.open();
  await kshot.turnOnCamera();
  await picker(page).selectOption("fake_device_1");
  await expect.poll(() => onShow(page)).toBe("fake_device_1");
  await kshot
    .card(0)
    .getByRole("button", { name: /^Take one shot/ })
    .click();
  await kshot.expectCount(0, 1);
  await lose("gone", "fake_device_1");
  await pullTheCable(page);
  await expect(page.getByRole("alert").filter({ hasText: "The camera was unplugged." })).toBeVisible();
  await kshot.expectCount(0, 1);
  await page.getByRole("button", { name: "Try again" }).click();
  await expect.poll(() => onShow(page)).toBe("fake_device_0");
  // Plugged in again it is the chosen one.
  await lose("gone", "");
  await page.getByRole("button", { name: "Turn off" }).click();
  await page.getByRole("button", { name: "Turn on camera" }).click();
  await expect.poll(() => onShow(page)).toBe("fake_device_1");
});

test("where a camera cannot be had, the other one can be chosen, for objects and for faces", async ({
  kshot,
  page,
}) => {
  const lose = await loseCameras(page);
  const face = new FacePage(page);
  await kshot.open();
  await kshot.turnOnCamera();
  await face.open();
  for (const tab of ["Face", "Camera"]) {
    await lose("busy", "");
    await page.getByRole("tab", { name: tab }).click();
    await expect(picker(page)).toBeVisible();
    await lose("busy", "fake_device_1");
    await picker(page).selectOption("fake_device_1");
    await expect(
      page.getByRole("alert").filter({ hasText: "Another program is using the camera.", visible: true }),
    ).toBeVisible();
    await expect(picker(page).locator("option:checked")).toHaveText("fake_device_1");
    await picker(page).selectOption("fake_device_0");
    await expect.poll(() => onShow(page)).toBe("fake_device_0");
  }
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("the camera is turned round; only the one towards the user is mirrored, and only for the eye", async ({
    kshot,
    page,
  }) => {
    await page.addInitScript(() => {
      const asked: unknown[] = [];
      Object.assign(window, { asked });
      const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = (constraints) => {
        asked.push((constraints?.video as MediaTrackConstraints | undefined)?.facingMode);
        return open(constraints);
      };
    });
    const asked = () => page.evaluate(() => Reflect.get(window, "asked"));
    await kshot.open();
    await kshot.turnOnCamera();
    expect(await isMirrored(page)).toBe(true);

    await page.getByRole("button", { name: "Freeze" }).tap();
    await kshot
      .card(0)
      .getByRole("button", { name: /^Take one shot/ })
      .tap();
    await kshot.expectCount(0, 1);
    const { asSeen, mirrored } = await video(page).evaluate(async (video) => {
      const shot = document.querySelector<HTMLImageElement>("article img");
      await shot?.decode();
      const draw = (source: HTMLVideoElement | HTMLImageElement, width: number, height: number) => {
        const context = new OffscreenCanvas(64, 64).getContext("2d");
        const side = Math.min(width, height);
        context?.drawImage(source, (width - side) / 2, (height - side) / 2, side, side, 0, 0, 64, 64);
        return context?.getImageData(0, 0, 64, 64).data ?? new Uint8ClampedArray();
      };
      const { videoWidth, videoHeight } = video as HTMLVideoElement;
      const seen = draw(video as HTMLVideoElement, videoWidth, videoHeight);
      const kept = draw(shot as HTMLImageElement, shot?.naturalWidth ?? 0, shot?.naturalHeight ?? 0);
      const difference = (at: (x: number) => number) =>
        seen.reduce((sum, value, i) => {
          const x = (i >> 2) % 64;
          return sum + Math.abs(value - (kept[i + 4 * (at(x) - x)] ?? 0));
        }, 0) / seen.length;
      return { asSeen: difference((x) => x), mirrored: difference((x) => 63 - x) };
    });
    expect(asSeen, `${asSeen} as the camera has it, ${mirrored} mirrored`).toBeLessThan(mirrored / 3);

    const flip = page.getByRole("button", { name: "Front / back" });
    await flip.tap();
    await expect.poll(() => isMirrored(page)).toBe(false);
    await flip.tap();
    await expect.poll(() => isMirrored(page)).toBe(true);
    expect(await asked()).toEqual([{ ideal: "user" }, { ideal: "environment" }, { ideal: "user" }]);
  });
});
