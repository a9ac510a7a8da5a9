/** The threshold of "none of these", drawn by the mouse and by a finger, and set back by its button. */
import type { Locator, Page } from "@playwright/test";
import type { KShotPage } from "./page.ts";
import { expect, test } from "./test.ts";

const slider = (page: Page): Locator => page.getByRole("slider", { name: "Threshold for “none of these”" });
const auto = (page: Page): Locator => page.getByRole("button", { name: "Set the threshold automatically" });
const thresholdOf = async (page: Page): Promise<number> =>
  Number(await slider(page).getAttribute("aria-valuenow"));

/** A picture that stands still, and where on the screen a value of the threshold is. */
async function askAboutACup(
  kshot: KShotPage,
  page: Page,
): Promise<(value: number) => { x: number; y: number }> {
  await kshot.open();
  await kshot.loadSamples();
  await page.getByRole("option").first().click();
  await kshot.expectAnswer(0);
  await slider(page).evaluate((handle) => handle.scrollIntoView({ block: "center", behavior: "instant" }));
  const box = await page.locator(".scale-track").boundingBox();
  if (box === null) throw new Error("the scale is not on the screen");
  return (value) => ({ x: box.x + value * box.width, y: box.y + box.height / 2 });
}

async function expectAuto(page: Page, value: number): Promise<void> {
  await expect(auto(page)).toHaveAttribute("aria-pressed", "true");
  await expect(slider(page)).toHaveAttribute("aria-valuenow", value.toFixed(2));
  await expect(slider(page)).toHaveAttribute("aria-valuetext", /, automatic$/);
}

test("the mouse draws it along, every answer follows, and “auto” sets it back", async ({ kshot, page }) => {
  const at = await askAboutACup(kshot, page);
  const found = await thresholdOf(page);
  await expectAuto(page, found);
  const { x, y } = at(found);
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (const value of [0.5, 0.98]) {
    await page.mouse.move(at(value).x, at(value).y, { steps: 5 });
    expect(await thresholdOf(page)).toBeCloseTo(value, 1);
  }
  await kshot.expectNone();
  await expect(auto(page)).toHaveAttribute("aria-pressed", "false");
  // Far beyond the end, and off the track: it goes on until the button is let go.
  await page.mouse.move(at(-0.3).x, at(0).y + 60, { steps: 5 });
  await expect(slider(page)).toHaveAttribute("aria-valuenow", "0.00");
  await kshot.expectAnswer(0);
  await page.mouse.up();
  await page.mouse.move(at(0.9).x, at(0.9).y);
  expect(await thresholdOf(page), "let go, it stays").toBe(0);
  await page.mouse.click(at(0.98).x, at(0.98).y);
  await kshot.expectNone();
  await auto(page).click();
  await expectAuto(page, found);
  await kshot.expectAnswer(0);
});

test.describe("by touch", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("a finger draws it along", async ({ kshot, page }) => {
    const at = await askAboutACup(kshot, page);
    const found = await thresholdOf(page);
    const touch = await page.context().newCDPSession(page);
    const send = (type: "touchStart" | "touchMove" | "touchEnd", value?: number) =>
      touch.send("Input.dispatchTouchEvent", { type, touchPoints: value === undefined ? [] : [at(value)] });
    await send("touchStart", found);
    for (let value = found; value < 0.98; value += 0.1) await send("touchMove", value);
    await send("touchMove", 0.98);
    await kshot.expectNone();
    await send("touchEnd");
    expect(await thresholdOf(page)).toBeCloseTo(0.98, 1);
    // Chromium drops a tap that follows a drag within 300 ms.
    await expect(async () => {
      await auto(page).tap();
      await expect(auto(page)).toHaveAttribute("aria-pressed", "true", { timeout: 500 });
    }).toPass();
    await expectAuto(page, found);
    await kshot.expectAnswer(0);
  });
});
