/**
 * Starts Chromium for one measurement: fresh profile, no background work, with WebGPU or without.
 *
 * WebGPU runs on the machine's own GPU where `--gpu` says so, and on SwiftShader, Chromium's software
 * adapter, otherwise: that one is on every machine and is what continuous integration has.
 */
import { chromium } from "@playwright/test";

const QUIET = [
  "--headless=new",
  "--no-sandbox",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // A camera for those who ask for one, made by Chromium.
  "--use-fake-ui-for-media-stream",
  "--use-fake-device-for-media-stream",
];
const BACKEND = {
  cpu: ["--disable-gpu"],
  webgpu: ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"],
  gpu: ["--enable-unsafe-webgpu", "--enable-features=Vulkan", "--ignore-gpu-blocklist"],
};

/** Where Chromium is and whether a real GPU is to be used; set once by the runner. */
export const browserChoice = { executablePath: undefined, realGpu: false };

/** Opens a page in a new browser with these options of Playwright and gives it to `body`; an error in the page ends it. */
export async function withPage(backend, url, body, { prepare, ...context } = {}) {
  const flags = BACKEND[backend === "webgpu" && browserChoice.realGpu ? "gpu" : backend];
  const browser = await chromium.launch({
    executablePath: browserChoice.executablePath,
    // Playwright's own headless switch would start a different, smaller browser.
    headless: false,
    args: [...QUIET, ...flags],
  });
  try {
    const page = await browser.newPage(context);
    page.setDefaultTimeout(0);
    page.on("console", (message) => {
      if (message.type() === "error") console.error(`  page: ${message.text()}`);
    });
    let broken;
    const failure = new Promise((_, fail) => {
      broken = fail;
    });
    // Awaited below together with the measurement; until then nobody else may be told of it.
    failure.catch(() => {});
    page.on("pageerror", broken);
    page.on("crash", () => broken(new Error("the page crashed")));
    await prepare?.(page);
    await page.goto(url);
    return await Promise.race([body(page, browser), failure]);
  } finally {
    await browser.close();
  }
}
