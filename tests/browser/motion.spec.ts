/** Nothing moves for who does not want it. */
import type { Page } from "@playwright/test";
import { DrawPage } from "./draw-page.ts";
import { elementTest } from "./element-page.ts";
import { expect, test } from "./test.ts";

interface Moved {
  moved: string[];
  scrolls: number;
}

/** Notes what moves by itself. */
async function noteMotion(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const noted: Moved = { moved: [], scrolls: 0 };
    Object.assign(window, { noted });
    for (const type of ["animationstart", "transitionrun"])
      addEventListener(type, ({ target }) => noted.moved.push((target as Element).className), true);
    addEventListener("scroll", () => noted.scrolls++, true);
  });
}

const noted = (page: Page): Promise<Moved> => page.evaluate(() => Reflect.get(window, "noted"));

for (const reducedMotion of ["no-preference", "reduce"] as const) {
  test(`with ${reducedMotion}, bars, notices and pages ${reducedMotion === "reduce" ? "jump" : "move"}`, async ({
    kshot,
    page,
  }) => {
    await page.emulateMedia({ reducedMotion });
    await noteMotion(page);
    await kshot.open();
    await kshot.loadSamples();
    await page.getByRole("option").nth(5).click();
    await kshot.expectAnswer(1);
    await kshot.shots(0).first().press("Delete");
    await kshot.expectCount(0, 3);
    await expect(page.getByRole("status").getByRole("button", { name: "Undo" })).toBeVisible();
    const draw = new DrawPage(page);
    await draw.open();
    await draw.fill();
    const before = await noted(page);
    await draw.answers.getByRole("button", { name: /^Auto-encoder/ }).click();
    await expect(draw.card("Auto-encoder")).toBeInViewport({ ratio: 0.9 });
    const { moved, scrolls } = await noted(page);
    if (reducedMotion === "reduce") {
      expect(moved).toEqual([]);
      expect(scrolls - before.scrolls).toBe(1);
    } else {
      expect(moved).toEqual(
        expect.arrayContaining([expect.stringMatching(/^bar-fill/), expect.stringMatching(/^toast/)]),
      );
      expect(scrolls - before.scrolls).toBeGreaterThan(2);
    }
  });
}

elementTest("nothing in the element moves either", async ({ openElement, page }) => {
  const opened = await openElement('<k-shot classes="mug, key"></k-shot>');
  await opened.start();
  const moving = () =>
    opened.run(
      (element) =>
        [...(element.shadowRoot?.querySelectorAll("*") ?? [])].filter((one) => {
          const { transitionDuration, animationName } = getComputedStyle(one);
          return transitionDuration !== "0s" || animationName !== "none";
        }).length,
    );
  expect(await moving()).toBeGreaterThan(0);
  await page.emulateMedia({ reducedMotion: "reduce" });
  expect(await moving()).toBe(0);
});
