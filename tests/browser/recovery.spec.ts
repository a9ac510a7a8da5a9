/** The device or the worker is lost under way: the page goes on by itself, with all shots and everyone enrolled. */
import { FAULTS, spoilGpu } from "./broken-gpu.ts";
import { endWorker } from "./end-worker.ts";
import { facePath } from "./face-camera.ts";
import { FacePage } from "./face-page.ts";
import { pathOf, samples } from "./samples.ts";
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

/** Those that end the worker, which is then replaced; the others leave it as it was. */
const DEADLY: (keyof typeof FAULTS)[] = ["a call that throws"];

for (const fault of Object.keys(FAULTS) as (keyof typeof FAULTS)[]) {
  test(`${fault}: the CPU goes on with all shots, and says why`, async ({ api, project }) => {
    test.skip(project === "cpu", "there is no GPU to fail");
    await spoilGpu(api, fault);
    const told = await api.evaluate(async () => {
      const { KShot, pictures, codeOf } = window.api;
      const statuses: string[] = [];
      const kshot = await KShot.load({ backend: "cpu" });
      kshot.on("status", (status) => statuses.push(status));
      const mug = await kshot.addClass("mug");
      await kshot.addShot(mug, pictures.draw(300, 200));
      const auto = await codeOf(() => kshot.chooseBackend("auto"));
      const first = kshot.device.webgpuProblem;
      const named = await codeOf(() => kshot.chooseBackend("webgpu"));
      await kshot.addShot(mug, pictures.draw(200, 300));
      const { device, status } = kshot;
      return { auto, first, named, device, status, statuses, shots: kshot.support.classes[0]?.shots.length };
    });
    const deadly = DEADLY.includes(fault);
    expect(told).toMatchObject({
      auto: deadly ? "webgpu_unavailable" : "none",
      named: "webgpu_unavailable",
      device: { backend: "cpu" },
      status: "ready",
      statuses: deadly ? ["recovering", "ready", "recovering", "ready"] : [],
      shots: 2,
    });
    expect(told.first, "why").not.toBeNull();
    expect(told.device.webgpuProblem, "why").not.toBeNull();
  });
}

test("a GPU that ends the worker while it is tried is told to those who ask for it alone", async ({
  kshot,
  page,
  project,
}) => {
  test.skip(project === "cpu", "there is no GPU to fail");
  await spoilGpu(page, "a call that throws");
  await kshot.open();
  const toasts = await page.evaluateHandle(() => {
    const shown: string[] = [];
    const toast = document.querySelector("#toast") as Element;
    new MutationObserver(() => shown.push(toast.textContent)).observe(toast, { childList: true });
    return shown;
  });
  await expect(kshot.root).not.toHaveAttribute("data-measuring", { timeout: 60_000 });
  await page.locator("#device-pill").click();
  const panel = page.locator("#device-panel");
  await expect(panel).toContainText("WebGPU was lost");
  for (let time = 0; time < 2; time++) {
    await panel.getByRole("radio", { name: /^WebGPU/ }).click();
    await expect(panel.getByRole("alert")).toContainText("WebGPU is not available here.");
    await expect(kshot.root).toHaveAttribute("data-status", "ready");
  }
  expect(await toasts.jsonValue()).toEqual([]);
  await page.keyboard.press("Escape");
  await kshot.addPhotos(0, [pathOf("cup-05.jpg")]);
  await kshot.expectCount(0, 1);
});

test("photos that are being added when the engine is lost are added all the same", async ({
  kshot,
  page,
  project,
}) => {
  test.skip(project === "webgpu", "nothing of it is about the GPU");
  await kshot.open();
  const names = samples.classes.flatMap(({ shots }) => shots);
  await kshot.addPhotos(0, names.map(pathOf));
  await kshot.waitForCount(0, 1);
  const next = page.waitForEvent("worker");
  await endWorker(page);
  await next;
  await kshot.expectCount(0, names.length);
  await expect(kshot.card(0).getByRole("alert")).toBeHidden();
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
