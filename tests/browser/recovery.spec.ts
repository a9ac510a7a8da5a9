/** The device or the worker is lost under way: the page goes on by itself, with all shots and everyone enrolled. */
import { endWorker } from "./end-worker.ts";
import { facePath } from "./face-camera.ts";
import { FacePage } from "./face-page.ts";
import { pathOf } from "./samples.ts";
import { expect, test } from "./test.ts";

test("a lost worker or GPU is replaced on the CPU, shots and people stay, and answers go on", async ({
  kshot,
  page,
  project,
}) => {
  await kshot.open();
  await kshot.loadSamples();
  const face = new FacePage(page);
  await face.open();
  await kshot.chooseBackend(project);
  await face.enrolFromPhotos("Ada", [facePath("caltech-p05-1")]);
  await expect(face.people).toHaveCount(1, { timeout: 60_000 });
  await face.askAbout(facePath("caltech-p05-2"));
  const device = project === "cpu" ? "CPU" : "WebGPU";
  await expect(face.panel.getByText(new RegExp(`^${device}: found in`))).toBeVisible({ timeout: 60_000 });
  await page.getByRole("tab", { name: "Camera" }).click();
  if (project === "webgpu") {
    const browser = await page.context().browser()?.newBrowserCDPSession();
    // Where nothing is under way, a loss shows with the next picture.
    await kshot.askAbout(pathOf("football-05.jpg"));
    await browser?.send("Browser.crashGpuProcess").catch(() => {});
  } else {
    await endWorker(page);
  }
  await expect(page.getByRole("status").filter({ hasText: "Rebuilt on the CPU" })).toBeVisible({
    timeout: 90_000,
  });
  await expect(kshot.root).toHaveAttribute("data-status", "ready");
  await expect(kshot.root).toHaveAttribute("data-backend", "cpu");
  for (let place = 0; place < 4; place++) {
    await kshot.expectCount(place, 4);
    await expect(kshot.shots(place)).toHaveCount(4);
  }
  await face.open();
  await face.askAbout(facePath("caltech-p05-3"));
  await expect(face.panel.getByText(/^CPU: found in/)).toBeVisible();
  await expect(face.answer).toHaveAttribute("data-answer", "yes");
  await page.getByRole("tab", { name: "Camera" }).click();
  await kshot.askAbout(pathOf("laptop-05.jpg"));
  await kshot.expectAnswer(2);
  await kshot.addPhotos(0, [pathOf("cup-05.jpg")]);
  await kshot.expectCount(0, 5);
});

test("an engine that dies twice is told, the shots are kept, and trying again brings them back", async ({
  kshot,
  page,
  project,
}) => {
  test.skip(project === "webgpu", "the second death is on the CPU in either case");
  await kshot.open();
  await kshot.loadSamples();
  await kshot.name(0).fill("my cup");
  await kshot.name(0).blur();
  await endWorker(page);
  await expect(page.getByRole("status").filter({ hasText: "Rebuilt on the CPU" })).toBeVisible();
  await endWorker(page);
  const alert = page.getByRole("alert").filter({ hasText: "The engine stopped." });
  await expect(alert).toContainText("Your shots are kept: trying again brings them back.");
  await expect(kshot.root).toHaveAttribute("data-status", "failed");
  await alert.getByRole("button", { name: "Try again" }).click();
  await kshot.ready();
  await expect(alert).toBeHidden();
  await expect(kshot.name(0)).toHaveValue("my cup");
  for (let place = 0; place < 4; place++) {
    await kshot.expectCount(place, 4);
    await expect(kshot.shots(place)).toHaveCount(4);
  }
  await page.getByRole("option").nth(5).click();
  await kshot.expectAnswer(1);
  await kshot.addPhotos(0, [pathOf("cup-05.jpg")]);
  await kshot.expectCount(0, 5);
});
