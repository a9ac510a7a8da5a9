/** What people do on the page, once more on WebGPU: samples, bad pictures, the keyboard, a finger on a phone. */
import { grayPng } from "./png.ts";
import { asUpload, samples } from "./samples.ts";
import { expect, anyCameraTest as test } from "./test.ts";

test.beforeEach(({ project }) => {
  test.skip(project === "cpu", "each of these has a file of its own, with more of it");
});

test("samples are named, bad pictures refused, methods and threshold changed, all on the GPU", async ({
  kshot,
  page,
}) => {
  await kshot.open();
  await kshot.chooseBackend("webgpu");
  const dispatches = await kshot.countDispatches();
  await kshot.loadSamples();
  const option = (list: string, i: number) =>
    page.getByRole("listbox", { name: list }).getByRole("option").nth(i);
  for (const [place, { queries }] of samples.classes.entries()) {
    for (const i of [0, 1]) {
      await option("Photos to ask about", place * queries.length + i).click();
      await kshot.expectAnswer(place);
    }
  }
  await option("Things it has never seen", 0).click();
  await kshot.expectNone();

  await option("Photos to ask about", 5).click();
  await kshot.expectAnswer(1);
  await page.getByText("How it decides").click();
  for (const name of [/^Prototypical/, /^SNAIL/, /^Regression/]) {
    await page.getByRole("radio", { name }).click();
    await expect(page.getByRole("radio", { name })).toBeChecked();
    await kshot.expectAnswer(1);
  }
  const threshold = page.getByRole("slider", { name: /^Threshold/ });
  await threshold.press("End");
  await kshot.expectNone();
  await page.getByRole("button", { name: "Set the threshold automatically" }).click();
  await kshot.expectAnswer(1);

  const dot = { name: "dot.png", mimeType: "image/png", buffer: grayPng(1, 1) };
  const notes = { name: "notes.jpg", mimeType: "image/jpeg", buffer: Buffer.from("these are my notes") };
  await kshot.addPhotos(0, [dot, notes, asUpload("cup-05.jpg")]);
  await expect(kshot.card(0).getByRole("alert")).toContainText("2 files were not added");
  await kshot.expectCount(0, 5);
  await page.keyboard.press("Control+z");
  await kshot.expectCount(0, 4);
  await page.getByRole("tab", { name: "Camera" }).click();
  await kshot.askAbout(notes);
  await expect(page.getByRole("alert").filter({ hasText: "1 file was not added" })).toBeVisible();
  await kshot.askAbout(asUpload("laptop-05.jpg"));
  await kshot.expectAnswer(2);
  // 28 pictures at the least, and a network of some fifty layers.
  expect(await dispatches()).toBeGreaterThan(28 * 50);
  await expect(kshot.root).toHaveAttribute("data-backend", "webgpu");
});

test("by keyboard a class is recorded, frozen, deleted from and brought back", async ({ kshot, page }) => {
  await kshot.open();
  await kshot.chooseBackend("webgpu");
  await kshot.turnOnCamera();
  for (const [place, key] of ["1", "2"].entries()) {
    await page.keyboard.down(key);
    await kshot.waitForCount(place, 2);
    await page.keyboard.up(key);
    await expect(page.getByText(new RegExp(`^\\d+ shots added to Class ${key}`))).toBeVisible();
  }
  const recorded = await kshot.count(0);
  await expect(page.getByRole("list", { name: "Score of each class" }).getByRole("listitem")).toHaveCount(2);
  await page.keyboard.press("Space");
  await expect(page.getByText("Frozen")).toBeVisible();
  await kshot.shots(0).first().press("Delete");
  await kshot.expectCount(0, recorded - 1);
  await page.keyboard.press("Control+z");
  await kshot.expectCount(0, recorded);
  await expect(kshot.root).toHaveAttribute("data-backend", "webgpu");
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 });

  test("a finger records two classes, and they are answered", async ({ kshot, page }) => {
    await kshot.open();
    await kshot.chooseBackend("webgpu");
    await kshot.turnOnCamera();
    const touch = await page.context().newCDPSession(page);
    for (const place of [0, 1]) {
      const box = await page.getByRole("navigation").getByRole("button").nth(place).boundingBox();
      if (box === null) throw new Error("the record button is not on the screen");
      const touchPoints = [{ x: box.x + box.width / 2, y: box.y + box.height / 2 }];
      await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints });
      await kshot.waitForCount(place, 2);
      await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    }
    await expect(page.getByRole("list", { name: "Score of each class" }).getByRole("listitem")).toHaveCount(
      2,
    );
    await expect(page.locator("#device-pill")).toContainText(/WebGPU[\d.]+ ms[\d.]+\/s/);
  });
});
