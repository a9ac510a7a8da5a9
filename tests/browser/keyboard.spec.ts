/** The whole thing without a mouse. */

import type { Locator, Page } from "@playwright/test";
import { expectNoViolations } from "./axe.ts";
import { things } from "./camera.ts";
import { DrawPage } from "./draw-page.ts";
import { expect, cameraTest as test } from "./test.ts";

/** Whether an element has the focus, in whatever shadow it stands. */
function hasFocus(target: Locator): Promise<boolean> {
  return target.evaluate(
    (element) => element === (element.getRootNode() as Document | ShadowRoot).activeElement,
  );
}

/** Presses Tab until an element has the focus. */
async function tabTo(page: Page, target: Locator, key = "Tab"): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    if (await hasFocus(target)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${key} does not reach ${target}`);
}

test("camera, recording, naming, freezing, threshold, deleting and undo work by keyboard alone", async ({
  kshot,
  page,
}) => {
  const [first, second] = things;
  if (first === undefined || second === undefined) throw new Error("the camera shows nothing");
  await kshot.open();
  await tabTo(page, kshot.name(0));
  await page.keyboard.type("ball");
  await page.keyboard.press("Enter");
  await expect(kshot.card(0)).toHaveAccessibleName("ball");
  await page.context().grantPermissions(["camera"]);
  await tabTo(page, page.getByRole("button", { name: "Turn on camera" }), "Shift+Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Turn off" })).toBeVisible();

  await kshot.waitForSegment(first.shots);
  await page.keyboard.down("1");
  await kshot.waitForCount(0, 3);
  await page.keyboard.up("1");
  await kshot.waitForSegment(second.shots);
  await page.keyboard.down("2");
  await kshot.waitForCount(1, 3);
  await page.keyboard.up("2");
  await kshot.waitForSegment(first.queries);
  await kshot.expectAnswer(0);

  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.keyboard.press("Space");
  await expect(page.getByText("Frozen")).toBeVisible();
  // What stands still is answered again under every threshold: all pass at 0, none at 1.
  await tabTo(page, page.getByRole("slider", { name: /Threshold/ }));
  await page.keyboard.press("End");
  await kshot.expectNone();
  await page.keyboard.press("Home");
  await expect(page.getByRole("slider", { name: /Threshold/ })).toHaveAttribute("aria-valuenow", "0.00");
  await kshot.expectAnswer(0);
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("slider", { name: /Threshold/ })).toHaveAttribute("aria-valuenow", "0.01");
  await page.keyboard.press("PageUp");
  await expect(page.getByRole("slider", { name: /Threshold/ })).toHaveAttribute("aria-valuenow", "0.11");

  const before = await kshot.count(0);
  // The strip is one stop of the tab key.
  await tabTo(page, kshot.shots(0).and(page.locator("[tabindex='0']")));
  await page.keyboard.press("Delete");
  await kshot.expectCount(0, before - 1);
  await page.keyboard.press("Control+z");
  await kshot.expectCount(0, before);
});

test("drawing, shots, filling, asking, shuffling and undo work by keyboard alone", async ({
  kshot,
  page,
}) => {
  const draw = new DrawPage(page);
  await kshot.open();
  await tabTo(page, page.getByRole("tab", { name: "Camera" }));
  for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("tab", { name: "Draw" })).toBeFocused();
  await draw.ready();

  // A stroke down and one to the right, each ended by Space.
  await tabTo(page, draw.pad);
  for (const key of ["ArrowDown", "ArrowRight"]) {
    await page.keyboard.press("Space");
    for (let i = 0; i < 9; i++) await page.keyboard.press(key);
    await page.keyboard.press("Space");
  }
  await expect(draw.button("Undo stroke")).toBeEnabled();
  await expect(draw.button("Add the drawing to class 3")).toHaveAttribute("aria-disabled", "false");
  await page.keyboard.press("3");
  await expect(draw.shots(3)).toHaveCount(1);
  await page.keyboard.press("Control+z");
  await expect(draw.allShots).toHaveCount(0);

  await tabTo(page, draw.button("Shots, K: more"));
  await page.keyboard.press("Enter");
  await tabTo(page, draw.button("Fill with characters"));
  await page.keyboard.press("Enter");
  await expect(draw.allShots).toHaveCount(10);
  await expect(draw.queries.first()).toBeFocused();
  await page.keyboard.press("ArrowRight");
  await expect(draw.queries.nth(1)).toHaveAttribute("aria-selected", "true");
  await expect(draw.answers).toContainText(`It is class ${await draw.truthOf(draw.queries.nth(1))}`);

  // The support set is one stop of the tab key; the arrows go through it.
  await tabTo(page, draw.shots(1).first(), "Shift+Tab");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowRight");
  await expect(draw.shots(2).nth(1)).toBeFocused();
  await page.keyboard.press("Delete");
  await expect(draw.shots(2)).toHaveCount(1);
  await expect(draw.shots(2).first()).toBeFocused();
  await page.keyboard.press("Control+z");
  await expect(draw.shots(2)).toHaveCount(2);
  await tabTo(page, draw.button("Shuffle"), "Shift+Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("status").filter({ hasText: "Another order" })).toBeVisible();
});

test("the tab key reaches every control, and the focus can be seen on each", async ({ kshot, page }) => {
  await kshot.open();
  const seen = new Set<string>();
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement | null;
      if (element === null || element === document.body) return null;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
      const name = element.getAttribute("aria-label") || element.textContent?.trim() || element.id;
      const marked = (outlineStyle !== "none" && Number.parseFloat(outlineWidth) > 0) || boxShadow !== "none";
      return { name: `${element.tagName} ${name}`, marked };
    });
    if (focused === null) break;
    expect.soft(focused.marked, `the focus is seen on ${focused.name}`).toBe(true);
    if (seen.has(focused.name)) break;
    seen.add(focused.name);
  }
  const names = [...seen].join("\n");
  for (const name of [
    "Camera",
    "Turn on camera",
    "Name of class 1",
    "Hold to record Class 1",
    "Add class",
    "Threshold",
  ])
    expect.soft(names).toContain(name);
});

test("the page of snippets and the element alone in a page work by keyboard, and break no rule of WCAG 2.1 AA", async ({
  page,
}) => {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write", "camera"]);
  await page.goto("./slides.html?classes=mug");
  await expect(page.getByRole("heading", { name: "Put it on a slide" })).toBeVisible();
  await expectNoViolations(page, "snippets");
  await tabTo(page, page.getByRole("button", { name: "中文" }));
  await page.keyboard.press("Enter");
  await expect(page.locator("html")).toHaveAttribute("lang", "zh-Hans");
  await expect(page.locator("#language"), "the focus stays where it was").toBeFocused();
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByLabel("Task"));
  await page.keyboard.press("End");
  await expect(page.getByLabel("Task")).toHaveValue("draw");
  await tabTo(page, page.getByLabel("Classes, between commas"));
  await page.keyboard.press("Control+A");
  await page.keyboard.type("cross, ring");
  await tabTo(page, page.getByLabel("Only the picture and the answer"));
  await page.keyboard.press("Space");
  // A long snippet is scrolled by keyboard too, and so it takes the focus.
  const html = page.locator("[data-tool=html]");
  await tabTo(page, html.locator("pre"));
  await tabTo(page, html.getByRole("button"));
  await page.keyboard.press("Enter");
  await expect(html.getByRole("status")).toHaveText("Copied");
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain('<k-shot task="draw" classes="cross, ring" controls="none"');
  for (const target of [
    page.locator("[data-tool=marp]").getByRole("button"),
    page.getByRole("link", { name: /embed\.html/ }),
    page.getByRole("button", { name: "Copy the link" }),
  ]) {
    await tabTo(page, target);
    const { style, width } = await target.evaluate((element) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      return { style: outlineStyle, width: Number.parseFloat(outlineWidth) };
    });
    expect(style !== "none" && width > 0, `the focus is seen on ${target}`).toBe(true);
  }

  await page.goto("./embed.html?classes=ball,cup");
  const element = page.locator("k-shot");
  await expectNoViolations(page, "the poster alone");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(element.getByRole("button", { name: "Turn off" })).toBeVisible({ timeout: 60_000 });
  await expectNoViolations(page, "the element alone");
  const shots = (n: RegExp) => element.getByRole("img", { name: n });
  await tabTo(page, element.getByRole("button", { name: "Hold to record ball" }));
  await page.keyboard.down("Space");
  await expect(shots(/^[1-9]\d* shots?$/)).toHaveCount(1);
  await page.keyboard.up("Space");
  await tabTo(page, element.getByRole("button", { name: "Turn off" }), "Shift+Tab");
  await page.keyboard.press("Enter");
  await expect(element.getByRole("button", { name: "Turn off" })).toBeHidden();
});
