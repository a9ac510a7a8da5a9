/** The device or the worker is lost under way: the page goes on by itself, with all shots. */
import { pathOf } from "./samples.ts";
import { expect, test } from "./test.ts";

test("a lost worker or GPU is replaced on the CPU, the shots stay, and answers go on", async ({
  kshot,
  page,
  project,
}) => {
  await kshot.open();
  await kshot.loadSamples();
  await page.getByRole("tab", { name: "Camera" }).click();
  await kshot.chooseBackend(project);
  if (project === "webgpu") {
    const browser = await page.context().browser()?.newBrowserCDPSession();
    // Where nothing is under way, a loss shows with the next picture.
    await kshot.askAbout(pathOf("football-05.jpg"));
    await browser?.send("Browser.crashGpuProcess").catch(() => {});
  } else {
    const [worker] = page.workers();
    await worker?.evaluate(() => {
      setTimeout(() => {
        throw new Error("ended by the test");
      });
    });
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
  await kshot.askAbout(pathOf("laptop-05.jpg"));
  await kshot.expectAnswer(2);
  await kshot.addPhotos(0, [pathOf("cup-05.jpg")]);
  await kshot.expectCount(0, 5);
});
