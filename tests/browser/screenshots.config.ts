/**
 * Screenshots of every state of the page, for eyes: `npx playwright test --config
 * tests/browser/screenshots.config.ts` writes them to test-results/screenshots, and the README's
 * picture to docs/images. Needs www/dist (`npm run build`).
 */
import { defineConfig } from "@playwright/test";
import { launchWith } from "./chromium.ts";
import base from "./playwright.config.ts";

const sizes = { wide: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };

export default defineConfig({
  ...base,
  testMatch: "screenshots.ts",
  outputDir: "../../test-results/screenshots-run",
  projects: Object.entries(sizes).flatMap(([name, viewport]) =>
    (["light", "dark"] as const).map((colorScheme) => ({
      name: `${name}-${colorScheme}`,
      use: {
        viewport,
        colorScheme,
        ...(name === "phone" ? { isMobile: true, hasTouch: true, deviceScaleFactor: 2 } : {}),
        launchOptions: launchWith("cpu"),
      },
    })),
  ),
});
