/** `<k-shot task="draw">`: drawings on the pad become shots, and the next drawing is named. */
import AxeBuilder from "@axe-core/playwright";
import { SHAPES, type Stroke } from "./draw-page.ts";
import { type ElementPage, elementTest as test } from "./element-page.ts";
import { expect } from "./test.ts";

async function draw({ page, element }: ElementPage, strokes: Stroke[]): Promise<void> {
  const box = await element.getByRole("img", { name: /^Drawing pad/ }).boundingBox();
  if (box === null) throw new Error("there is no pad");
  const at = ([x, y]: Stroke[number]) => [box.x + x * box.width, box.y + y * box.height] as const;
  for (const [first, ...rest] of strokes) {
    if (first === undefined) continue;
    await page.mouse.move(...at(first));
    await page.mouse.down();
    for (const point of rest) await page.mouse.move(...at(point), { steps: 3 });
    await page.mouse.up();
  }
}

test("drawings become shots, the next one is named, and undo takes back", async ({ openElement }) => {
  const opened = await openElement('<k-shot task="draw" classes="cross, ring" shots="2"></k-shot>');
  const { page, element, site } = opened;
  expect(site.requests).not.toContain("/kshot/drawings.safetensors");
  await opened.start("live", "Start drawing");
  expect(await opened.openCameras()).toBe(0);
  const add = (place: number) => element.getByRole("button", { name: `Add the drawing to class ${place}` });
  await expect(add(1)).toBeDisabled();
  await draw(opened, SHAPES.cross);
  await add(1).click();
  await draw(opened, SHAPES.ring);
  await expect(add(2)).toBeEnabled();
  await element.getByRole("button", { name: "Clear" }).focus();
  await page.keyboard.press("2");
  await expect(element.getByRole("img", { name: "1 shot" })).toHaveCount(2);
  await draw(opened, SHAPES.ring);
  await expect(element.locator(".answer-name")).toHaveText("ring");
  await opened.run((element) => {
    element.method = "matching";
  });
  await expect(element.locator(".answer-name")).toHaveText("ring");
  await element.getByRole("button", { name: "Clear" }).click();
  await draw(opened, SHAPES.cross);
  await expect(element.locator(".answer-name")).toHaveText("cross");
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"])
    .analyze();
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ failureSummary }) => failureSummary)}`),
  ).toEqual([]);
  await page.screenshot({ path: "test-results/screenshots/element-draw.png" });
  // The goal of two shots is reached.
  await add(1).click();
  await draw(opened, SHAPES.cross);
  await expect(element.locator(".answer-name")).toHaveText("cross");
  await expect(add(1)).toBeDisabled();
  await element.getByRole("button", { name: "Undo", exact: true }).click();
  await expect(add(1)).toBeEnabled();

  // A file of drawings takes the place of these, also where the element was for objects until then.
  const file = await opened.run(async ({ kshot }) => {
    const lab = await kshot?.openLab();
    const task = await lab?.task({ way: 3, shot: 2, queries: 1, alphabet: null, seed: 1 });
    if (kshot == null || task === undefined) throw new Error("there is no engine");
    const classes = task.classes.map(({ shots }, i) => ({
      name: `letter ${i + 1}`,
      enabled: true,
      shots: shots.map((ink, n) => Float32Array.of(...ink, n)),
    }));
    const embedder = { name: "ink", sha256: "0".repeat(64), dimensions: 785 };
    const blob = await kshot.writeFile({ ...kshot.exportState(), embedder, classes }, "drawings");
    return Array.from(new Uint8Array(await blob.arrayBuffer()));
  });
  await page.route("**/letters.kshot", (route) => route.fulfill({ body: Buffer.from(file) }));
  await opened.run((element) => {
    element.removeAttribute("shots");
    element.removeAttribute("task");
  });
  await expect(element.locator(".draw")).toHaveCount(0);
  await opened.run((element) => {
    element.src = "letters.kshot";
  });
  await expect(element.getByRole("img", { name: "2 shots" })).toHaveCount(3);
  await expect(element.getByRole("textbox").last()).toHaveValue("letter 3");
});

test("the drawings stay when the element leaves the page, and the task can change", async ({
  openElement,
}) => {
  const opened = await openElement('<k-shot task="draw" classes="cross, ring"></k-shot>');
  const { page, element } = opened;
  await opened.start("live", "Start drawing");
  await draw(opened, SHAPES.cross);
  await element.getByRole("button", { name: "Add the drawing to class 1" }).click();
  await opened.run((element) => {
    Object.assign(window, { element });
    element.remove();
  });
  await page.evaluate(() => document.body.append((window as unknown as { element: Node }).element));
  await opened.expectState("live");
  await expect(element.getByRole("img", { name: "1 shot" })).toHaveCount(1);
  await opened.run((element) => {
    element.task = "objects";
  });
  await expect(element.getByRole("button", { name: "Turn off" })).toBeVisible();
  expect(await opened.openCameras()).toBe(1);
  await opened.run((element) => {
    element.task = "draw";
  });
  await expect(element.getByRole("img", { name: "1 shot" })).toHaveCount(1);
  expect(await opened.openCameras()).toBe(0);
});

test("methods that cannot be downloaded are told, and trying again works", async ({ openElement }) => {
  const opened = await openElement('<k-shot task="draw"></k-shot>');
  const { page, element } = opened;
  await page.route("**/*.characters", (route) => route.abort());
  await opened.start("failed", "Start drawing");
  await expect(element.getByRole("alert").filter({ hasText: "could not be downloaded" })).toBeVisible();
  await page.unroute("**/*.characters");
  await element.getByRole("button", { name: "Try again" }).click();
  await opened.expectState("live");
});
