/** The engine's worker dies of an error that nobody caught. */
import type { Page } from "@playwright/test";

export async function endWorker(page: Page): Promise<void> {
  await page
    .workers()
    .at(-1)
    ?.evaluate(() => {
      setTimeout(() => {
        throw new Error("ended by the test");
      });
    });
}
