/** Does the page say what is worth another look in what was recorded, and is it mended by a click? */
import { asUpload, samples } from "./samples.ts";
import { expect, test } from "./test.ts";

const [first, second] = samples.classes;
if (first === undefined || second === undefined) throw new Error("there are no samples");

/** Two classes of sample photos, and one photo of the second in the first. */
test.beforeEach(async ({ kshot, page }) => {
  await kshot.open();
  for (const [place, files] of [
    [0, [...first.shots, second.shots[0] ?? ""]],
    [1, second.shots.slice(1)],
  ] as const) {
    await kshot.name(place).fill(place === 0 ? "first" : "second");
    await kshot.addPhotos(place, files.map(asUpload));
    await kshot.waitForCount(place, files.length);
  }
  await page.getByText("How well your classes hold").click();
});

test("a shot that looks like another class is marked, moved by a click, and taken back", async ({
  kshot,
  page,
}) => {
  const marked = kshot.card(0).getByRole("button", { name: /Looks like “second” to me/ });
  await expect(marked).toHaveCount(1);
  await expect(page.getByText("One shot looks like another class")).toBeVisible();
  await marked.click();
  await page.getByRole("button", { name: "Move to “second”" }).click();
  await kshot.expectCount(0, first.shots.length);
  await kshot.expectCount(1, second.shots.length);
  await expect(marked).toHaveCount(0);
  await expect(page.getByRole("table")).toBeVisible();
  await page.getByRole("button", { name: "Undo", exact: true }).first().click();
  await kshot.expectCount(0, first.shots.length + 1);
  await expect(marked).toHaveCount(1);
});

test("a marked shot that is called right is not marked again, and the menu deletes", async ({
  kshot,
  page,
}) => {
  const marked = kshot.card(0).getByRole("button", { name: /Looks like/ });
  await marked.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "It is right" }).press("Enter");
  await expect(marked).toHaveCount(0);
  await kshot.expectCount(0, first.shots.length + 1);
});

test("a marked shot is deleted from its menu", async ({ kshot, page }) => {
  await kshot
    .card(0)
    .getByRole("button", { name: /Looks like/ })
    .click();
  await page.locator(".shot-menu").getByRole("button", { name: "Delete" }).click();
  await kshot.expectCount(0, first.shots.length);
});

test("two classes of the same thing are said to look alike", async ({ kshot, page }) => {
  await kshot.addClass();
  await kshot.name(2).fill("twin");
  await kshot.name(2).blur();
  await kshot.addPhotos(2, second.shots.slice(1).map(asUpload));
  await kshot.waitForCount(2, second.shots.length - 1);
  await expect(kshot.card(2)).toContainText("Looks like “second” to me");
  await expect(page.getByText(/“second” and “twin” look alike to me/)).toBeVisible();
});
