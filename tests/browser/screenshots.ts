/** Takes the screenshots (screenshots.config.ts): one of each state that the page can be in. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { beginningOf, things, UNKNOWN } from "./camera.ts";
import { DrawPage, SHAPES } from "./draw-page.ts";
import { facePath } from "./face-camera.ts";
import { FacePage } from "./face-page.ts";
import { KShotPage } from "./page.ts";
import { grayPng } from "./png.ts";
import { expect, plainFaceCameraTest, plainCameraTest as test } from "./test.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

test("every state of the page", async ({ kshot, page }, info) => {
  const take = (name: string) =>
    page.screenshot({ path: `${ROOT}test-results/screenshots/${name}-${info.project.name}.png` });

  await page.route("**/*.safetensors", (route) => route.abort());
  await page.goto("./");
  await expect(kshot.root).toHaveAttribute("data-status", "failed");
  await take("failed");
  await page.unroute("**/*.safetensors");
  await page.getByRole("button", { name: "Try again" }).click();
  await kshot.ready();
  await take("first-visit");

  await page.context().grantPermissions([]);
  await page.getByRole("button", { name: "Turn on camera" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "The camera is blocked" })).toBeVisible();
  await take("camera-denied");

  await page.getByRole("tab", { name: "Samples" }).click();
  await expect(page.getByRole("option").first()).toBeVisible();
  await take("samples-empty");
  await kshot.loadSamples();
  await page.getByRole("option").nth(5).click();
  await kshot.expectAnswer(1);
  await take("samples-answer");
  await page.getByRole("option").last().click();
  await kshot.expectNone();
  await take("samples-none");
  await kshot.addPhotos(0, [
    { name: "notes.png", mimeType: "image/png", buffer: Buffer.from("notes") },
    { name: "dot.png", mimeType: "image/png", buffer: grayPng(1, 1) },
  ]);
  await expect(kshot.card(0).getByRole("alert")).toBeVisible();
  await kshot.card(0).scrollIntoViewIfNeeded();
  await take("files-refused");
});

test("the drawing page", async ({ kshot, page }, info) => {
  const draw = new DrawPage(page);
  const take = async (name: string, fullPage = false) => {
    // The toast of the last step is over.
    await expect(
      page.getByRole("status").filter({ has: page.getByRole("button", { name: "Undo" }) }),
    ).toHaveCount(0);
    await page.screenshot({
      path: `${ROOT}test-results/screenshots/${name}-${info.project.name}.png`,
      fullPage,
    });
  };

  await page.route("**/drawings-*", (route) => route.abort());
  await kshot.open();
  await page.getByRole("tab", { name: "Draw" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "could not be downloaded" })).toBeVisible();
  await draw.draw(SHAPES.cross);
  await take("draw-failed");
  await page.unroute("**/drawings-*");
  await draw.button("Try again").click();
  await draw.ready();
  await take("draw-first-visit");

  for (const [i, shape] of [SHAPES.ring, SHAPES.cross, SHAPES.zigzag].entries()) {
    if (i > 0) await draw.draw(shape);
    const add = draw.button(`Add the drawing to class ${i + 1}`);
    await expect(add).toHaveAttribute("aria-disabled", "false");
    await page.keyboard.press(String(i + 1));
    await expect(draw.shots(i + 1)).toHaveCount(1);
  }
  await draw.draw(SHAPES.zigzag);
  await draw.expectAnswer(3);
  await take("draw-drawn");

  await draw.fill();
  await take("draw-task", true);
  if (info.project.name === "wide-light") await page.screenshot({ path: `${ROOT}docs/images/draw.png` });
  await draw.button("Shuffle").click();
  await expect(draw.card("Prototypical")).toContainText("same in any order");
  await take("draw-shuffled", true);
  await draw.button("Run 100 test episodes").click();
  await expect(page.getByText(/^\d\d of 100 episodes/)).toBeVisible({ timeout: 60_000 });
  await page.getByRole("heading", { name: "Test episodes" }).scrollIntoViewIfNeeded();
  await take("draw-episodes");
  await draw.button("Stop").click();
  for (let i = 0; i < 15; i++) await draw.button("Classes, N: more").click();
  for (let i = 0; i < 4; i++) await draw.button("Shots, K: more").click();
  await draw.button("Fill with characters").click();
  await expect(draw.allShots).toHaveCount(100);
  await draw.settled();
  await take("draw-twenty-way", true);
  await page.getByRole("button", { name: "中文" }).click();
  await page.evaluate(() => scrollTo(0, 0));
  await take("draw-chinese", true);
});

test("the camera live, with three classes", async ({ kshot, page }, info) => {
  const take = (name: string) =>
    page.screenshot({ path: `${ROOT}test-results/screenshots/${name}-${info.project.name}.png` });

  await kshot.open();
  await kshot.turnOnCamera();
  await take("camera-first");
  await kshot.addClass();
  for (const [place, { name }] of things.entries()) await kshot.name(place).fill(name);
  await kshot.name(2).blur();
  for (const [place, thing] of things.entries()) {
    await waitForVideo(kshot, thing.shots, 0.2);
    await page.keyboard.down(String(place + 1));
    await waitForVideo(kshot, thing.shots, 3);
    if (place === 1) await take("recording");
    await page.keyboard.up(String(place + 1));
  }
  await waitForVideo(kshot, things[0]?.queries ?? 0, 0.2);
  await kshot.expectAnswer(0);
  await take("camera-live");
  // The toast of the last recording is over, and the README's picture shows nothing but the page at work.
  await expect(page.getByRole("status").filter({ hasText: "added" })).toHaveCount(0);
  await waitForVideo(kshot, things[0]?.queries ?? 0, 0.9);
  await kshot.expectAnswer(0);
  await page.evaluate(() => scrollTo(0, 0));
  if (info.project.name === "wide-light") await page.screenshot({ path: `${ROOT}docs/images/camera.png` });
  await waitForVideo(kshot, UNKNOWN, 0.2);
  await kshot.expectNone();
  await take("camera-none");
  await page.getByRole("button", { name: "Freeze" }).click();
  await take("camera-frozen");
  await page.locator("#device-pill").click();
  await take("device-panel");
  await page.keyboard.press("Escape");
  await page.getByText("How it decides").click();
  await page.getByText("How it decides").scrollIntoViewIfNeeded();
  await take("how-it-decides");
  await page.getByText("How it decides").click();
  await page.getByRole("button", { name: "中文" }).click();
  await take("chinese");
});

plainFaceCameraTest("the face page", async ({ kshot, page }, info) => {
  const face = new FacePage(page);
  const take = (name: string, fullPage = true) =>
    page.screenshot({ path: `${ROOT}test-results/screenshots/${name}-${info.project.name}.png`, fullPage });

  await page.route("**/faces-*.safetensors", (route) => route.abort());
  await kshot.open();
  await page.getByRole("tab", { name: "Face" }).click();
  await expect(face.alert).toContainText("could not be downloaded");
  await take("face-failed");
  await page.unroute("**/faces-*.safetensors");
  await face.button("Try again").click();
  await face.ready();
  await take("face-first-visit");

  await face.enrol("Ada");
  await expect.poll(() => face.filled(), { timeout: 60_000 }).toBeGreaterThan(3);
  await take("face-enrolling");
  await expect(face.answer).toContainText("somebody else", { timeout: 60_000 });
  await take("face-intruder");
  await expect(page.getByText("Ada is enrolled")).toBeVisible({ timeout: 90_000 });
  await expect(page.getByText("Ada is enrolled")).toHaveCount(0, { timeout: 20_000 });
  await expect(face.answer).toHaveAttribute("data-answer", "yes", { timeout: 60_000 });
  await take("face-yes");
  if (info.project.name === "wide-light") await page.screenshot({ path: `${ROOT}docs/images/face.png` });
  await expect(face.answer).toHaveAttribute("data-answer", "no", { timeout: 60_000 });
  await take("face-no");
  await expect(face.answer).toHaveAttribute("data-answer", "yes", { timeout: 60_000 });
  await face.button("Start the challenge").click();
  await expect(face.answer).toHaveAttribute("data-answer", /^(centre|left|right)$/);
  await take("face-challenge");
  await face.panel
    .getByRole("region", { name: "Liveness challenge" })
    .getByRole("button", { name: "Cancel" })
    .click();
  await face.button("Turn off").click();

  await face.button("Forget me").click();
  await expect(face.panel.getByText("Forgotten. Nothing is left:").first()).toBeVisible();
  await face.button("No camera? Try it with sample people").click();
  await expect(face.answer).toHaveAttribute("data-answer", "yes");
  await face.choose("Recognition");
  await face.samples("Person B, photo 2").click();
  await expect(face.answer).toContainText("Person B");
  await face.addPhotos("Person B", [facePath("caltech-dark")]);
  await expect(face.alert).toContainText("too dark");
  await take("face-recognised");
  await face.samples("Somebody else, photo 1").click();
  await expect(face.answer).toHaveAttribute("data-answer", "none");
  await page.getByRole("button", { name: "中文" }).click();
  await take("face-chinese");
});

/** Waits until the video is `after` seconds into a segment. It runs in a loop from when the camera opened. */
async function waitForVideo(kshot: KShotPage, segment: number, after: number): Promise<void> {
  await kshot.page.waitForFunction(
    ({ from, to, loop }) => {
      const at = (document.querySelector("video")?.currentTime ?? 0) % loop;
      return at >= from && at < to;
    },
    {
      from: beginningOf(segment) + after,
      to: beginningOf(segment + 1) - 0.5,
      loop: beginningOf(UNKNOWN + 1),
    },
    { timeout: 90_000, polling: 50 },
  );
}

test("keeping work", async ({ kshot, page }, info) => {
  const take = (name: string) =>
    page.screenshot({ path: `${ROOT}test-results/screenshots/${name}-${info.project.name}.png` });
  await kshot.open();
  await kshot.loadSamples();
  await expect(page.locator("#keep [data-saved=saved]")).toBeVisible();
  await page.locator("#keep").scrollIntoViewIfNeeded();
  await take("saved");
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save file" }).click();
  const file = await (await download).path();
  const open = async (name: string, buffer: Buffer) => {
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Open file" }).click();
    await (await chooser).setFiles({ name, mimeType: "application/x-kshot", buffer });
    await expect(page.getByRole("dialog")).toBeVisible();
  };
  const bytes = await readFile(file);
  await open("fruit and cups.kshot", bytes);
  await take("import");
  await page.getByRole("button", { name: "Cancel" }).click();
  await open("half.kshot", bytes.subarray(0, 10_000));
  await take("import-refused");
  await page.getByRole("button", { name: "Close" }).click();
  const other = new KShotPage(await page.context().newPage());
  await other.open(page.url());
  await other.page.getByRole("button", { name: "Start over" }).click();
  await expect(page.getByText("Another tab has newer work.")).toBeVisible();
  await page.bringToFront();
  await take("newer");
  await page.getByRole("tab", { name: "Draw" }).click();
  const draw = new DrawPage(page);
  await draw.ready();
  await draw.fill();
  await take("draw-saved");
});

test("keeping people", async ({ kshot, page }, info) => {
  const face = new FacePage(page);
  const take = (name: string) =>
    page.screenshot({
      path: `${ROOT}test-results/screenshots/${name}-${info.project.name}.png`,
      fullPage: true,
    });
  await kshot.open();
  await face.open();
  const photos = ["caltech-p05-1", "caltech-p05-2"].map(facePath);
  await face.enrolFromPhotos("Ada", photos);
  await expect(face.people).toHaveCount(1);
  await take("keep-people-off");
  await face.panel.getByRole("switch", { name: "Keep these people" }).click();
  await expect(face.panel.locator("[data-saved=saved]")).toBeVisible();
  await take("keep-people-on");
  const other = new FacePage(await page.context().newPage());
  await other.page.goto(page.url());
  await other.ready();
  await other.button("Forget me").click();
  await expect(face.panel.getByRole("alert").filter({ hasText: "was deleted" })).toBeVisible();
  await take("keep-people-gone");
  await page.getByRole("button", { name: "中文" }).click();
  await take("keep-people-chinese");
});
