/**
 * The browser tests: the built page, and the API under it, in a real Chromium, with WebGPU and without.
 *
 * What is about the page runs without a GPU; what is about the GPU runs on the software adapter, where
 * a frame takes a third of a second and more. Needs www/dist (`npm run build`).
 */
import { defineConfig } from "@playwright/test";
import { launchWith } from "./chromium.ts";
import { API_URL, PAGE_URL } from "./servers.ts";

export default defineConfig({
  testDir: ".",
  outputDir: "../../test-results/browser",
  // The software adapter alone takes all cores.
  workers: 1,
  fullyParallel: false,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: "list",
  use: {
    baseURL: PAGE_URL,
    viewport: { width: 1280, height: 800 },
    locale: "en-GB",
    // It would answer in the place of the network, which tests cut and change; offline.spec.ts is about it.
    serviceWorkers: "block",
    actionTimeout: 20_000,
    screenshot: "only-on-failure",
  },
  projects: [
    {
      name: "cpu",
      use: { launchOptions: launchWith("cpu") },
    },
    {
      name: "webgpu",
      testMatch: ["parity", "frame", "camera", "recovery", "face", "webgpu"].map((name) => `${name}.spec.ts`),
      timeout: 300_000,
      use: { launchOptions: launchWith("webgpu") },
    },
  ],
  webServer: [
    {
      command: "npx vite preview --config tests/browser/preview.config.ts",
      cwd: "../..",
      url: PAGE_URL,
      reuseExistingServer: false,
    },
    {
      command: "npx vite --config tests/browser/pages/vite.config.ts",
      cwd: "../..",
      url: API_URL,
      reuseExistingServer: false,
    },
  ],
});
