/** Classes and their names, and what is said while none of them can answer. */
import { asUpload, samples } from "./samples.ts";
import { expect, test, anyCameraTest as withCamera } from "./test.ts";

const [CUPS = [], BALLS = []] = samples.classes.map(({ shots }) => shots);

test("an empty name is refused and the one before stays; two classes may share a name", async ({
  kshot,
  page,
}) => {
  await kshot.open();
  await kshot.name(0).fill("   ");
  await kshot.name(0).press("Enter");
  await expect(kshot.toast("A class needs a name.")).toBeVisible();
  await expect(kshot.name(0)).toHaveValue("Class 1");
  await expect(page.locator("#undo"), "nothing was done").toBeDisabled();

  for (const place of [0, 1]) {
    await kshot.name(place).fill("thing");
    await kshot.name(place).press("Enter");
  }
  for (const [place, shots] of [CUPS, BALLS].entries()) {
    await kshot.addPhotos(place, shots.map(asUpload));
    await kshot.expectCount(place, shots.length);
  }
  for (const place of [0, 1]) {
    await kshot.askAbout(asUpload(samples.classes[place]?.queries[0] ?? ""));
    await kshot.expectAnswer(place);
    await expect(kshot.answer).toContainText("thing");
  }
  await kshot.card(1).getByRole("button", { name: "Remove class thing" }).click();
  await expect(page.getByRole("article")).toHaveCount(1);
  await kshot.expectCount(0, CUPS.length);
});

test("with one shot a class is given a similarity and no percentage", async ({ kshot, page }) => {
  await kshot.open();
  await kshot.addPhotos(0, CUPS.map(asUpload));
  await kshot.addPhotos(1, BALLS.slice(0, 1).map(asUpload));
  await kshot.expectCount(1, 1);
  await kshot.expectCount(0, CUPS.length);
  await kshot.askAbout(asUpload(CUPS[0] ?? ""));
  await kshot.expectAnswer(0);
  await expect(kshot.answer).toContainText(/similarity \d\.\d\d/);
  await expect(page.locator("#bars")).not.toContainText("%");
  await kshot.addPhotos(1, BALLS.slice(1, 2).map(asUpload));
  await kshot.expectCount(1, 2);
  await expect(kshot.answer).toContainText(/\d %|\d%/);
  await expect(kshot.answer).not.toContainText("similarity");
});

withCamera("where no class can answer, the page says what to do about it", async ({ kshot, page }) => {
  await kshot.open();
  await kshot.turnOnCamera();
  for (const n of [1, 2]) await page.getByRole("button", { name: `Remove class Class ${n}` }).click();
  await expect(page.getByRole("article")).toHaveCount(0);
  await expect(kshot.answer).toHaveText("Add a class");
  await expect(page.locator("#steps")).not.toContainText("Hold 1 while");
  await kshot.addClass();
  await kshot.name(0).blur();
  await kshot.addPhotos(0, CUPS.map(asUpload));
  await kshot.expectCount(0, CUPS.length);
  await kshot.card(0).getByRole("switch").click();
  await expect(kshot.answer).toContainText("All classes are switched off");
  await kshot.card(0).getByRole("switch").click();
  await expect(kshot.answer).not.toContainText("switched off");
});
