/** What assistive technology is told: checked by axe on every state of the page, in both themes. */
import { expectNoViolations } from "./axe.ts";
import { DrawPage } from "./draw-page.ts";
import { facePath } from "./face-camera.ts";
import { FacePage } from "./face-page.ts";
import { pathOf } from "./samples.ts";
import { expect, anyCameraTest as test } from "./test.ts";

test("no state of the page breaks the rules of WCAG 2.1 AA", async ({ kshot, page }) => {
  await kshot.open();
  await expectNoViolations(page, "first visit");
  await kshot.turnOnCamera();
  await expectNoViolations(page, "with the camera");
  await page.locator("#device-pill").click();
  await expectNoViolations(page, "with the device panel");
  await page.keyboard.press("Escape");
  await kshot.addPhotos(0, [pathOf("samples.json")]);
  await expect(kshot.card(0).getByRole("alert")).toBeVisible();
  await expectNoViolations(page, "with a file that was refused");
  await kshot.loadSamples();
  await page.getByRole("option").first().click();
  await kshot.expectAnswer(0);
  await page.getByText("How it decides").click();
  await expectNoViolations(page, "with the samples");
});

test("no state of the face page breaks them", async ({ kshot, page }) => {
  const face = new FacePage(page);
  await page.route("**/faces-*.safetensors", (route) => route.abort());
  await kshot.open();
  await page.getByRole("tab", { name: "Face" }).click();
  await expect(face.alert).toContainText("could not be downloaded");
  await expect(face.answer).toContainText("The networks are missing");
  await expectNoViolations(page, "with a failed download");
  await page.unroute("**/faces-*.safetensors");
  await face.button("Try again").click();
  await face.ready();
  await expectNoViolations(page, "with nobody enrolled");
  await face.button("No camera? Try it with sample people").click();
  await expect(face.answer).toHaveAttribute("data-answer", "yes");
  await expectNoViolations(page, "let in");
  await face.samples("Somebody else, photo 1").click();
  await expect(face.answer).toHaveAttribute("data-answer", "no");
  await face.panel.getByRole("switch", { name: "A yes needs a liveness challenge" }).click();
  await expectNoViolations(page, "shut out");
  await face.choose("Recognition");
  await expect(face.answer).toHaveAttribute("data-answer", "none");
  await expectNoViolations(page, "recognised as nobody");
  await face.addPhotos("Person A", [facePath("caltech-dark")]);
  await expect(face.alert).toContainText("too dark");
  await expectNoViolations(page, "with a photo that was refused");
  await face.enrol("Ada");
  await expect(face.answer).toContainText("No face in sight");
  await expectNoViolations(page, "while enrolling");
  await face.button("Cancel").click();
  await face.button("Forget me").click();
  await expect(face.panel.getByText("Forgotten. Nothing is left:").first()).toBeVisible();
  await expectNoViolations(page, "after forgetting");
});

test("no state of the drawing page breaks them either", async ({ kshot, page }) => {
  const draw = new DrawPage(page);
  await page.route("**/*.characters", (route) => route.abort());
  await kshot.open();
  await page.getByRole("tab", { name: "Draw" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "could not be downloaded" })).toBeVisible();
  await expectNoViolations(page, "with a failed download");
  await page.unroute("**/*.characters");
  await draw.button("Try again").click();
  await draw.ready();
  await expectNoViolations(page, "with an empty support set");
  await draw.fill();
  await expectNoViolations(page, "with a task");
  await draw.button("Shuffle").click();
  await expect(draw.card("Prototypical")).toContainText("same in any order");
  await draw.button("Run 100 test episodes").click();
  await expect(page.getByText(/^[2-9] of 100 episodes/)).toBeVisible({ timeout: 60_000 });
  await draw.button("Stop").click();
  await expect(page.getByText(/^Stopped after/)).toBeVisible();
  await expectNoViolations(page, "after a shuffle and some episodes");
  for (let i = 0; i < 15; i++) await draw.button("Classes, N: more").click();
  await draw.button("Fill with characters").click();
  await expect(draw.allShots).toHaveCount(20);
  await expectNoViolations(page, "with twenty classes");
});

test("the answer is told in words once it has settled", async ({ kshot, page }) => {
  await kshot.open();
  await kshot.loadSamples();
  await page.getByRole("option").nth(5).click();
  await expect(page.getByRole("status").filter({ hasText: /^football$/ })).toBeAttached();
});

test("the whole page changes its language, and says so", async ({ kshot, page }) => {
  await kshot.open();
  await page.getByRole("button", { name: "中文" }).click();
  await expect(kshot.root).toHaveAttribute("lang", /^zh/);
  await expect(page.getByRole("button", { name: "打开摄像头" })).toBeVisible();
  await page.getByRole("button", { name: "English" }).click();
  await expect(page.getByRole("button", { name: "Turn on camera" })).toBeVisible();
});
