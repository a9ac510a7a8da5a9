/** `<k-shot task="face">`: people are shown, named again in other pictures, and forgotten. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import AxeBuilder from "@axe-core/playwright";
import { type ElementPage, elementTest as test } from "./element-page.ts";
import { expect } from "./test.ts";

/** A portrait as an address; tests/fixtures/README.md says whose. */
function portrait(name: string): string {
  const path = fileURLToPath(new URL(`../fixtures/faces/${name}.jpg`, import.meta.url));
  return `data:image/jpeg;base64,${readFileSync(path).toString("base64")}`;
}

/** Adds portraits to a person by the place. */
function enrol(opened: ElementPage, place: number, names: readonly string[]): Promise<string[]> {
  return opened.run(
    async ({ kshot }, { place, photos }) => {
      const faces = await kshot?.openFaces();
      const advice: string[] = [];
      for (const photo of photos) {
        const id = faces?.people.people[place]?.id ?? -1;
        const step = await faces?.addPhoto(id, await (await fetch(photo)).blob());
        advice.push(step?.advice ?? "");
      }
      return advice;
    },
    { place, photos: names.map(portrait) },
  );
}

function ask(opened: ElementPage, name: string): Promise<string | null | undefined> {
  return opened.run(async (element, photo) => {
    const prediction = await element.ask(await (await fetch(photo)).blob());
    return prediction === null ? undefined : prediction.name;
  }, portrait(name));
}

test("two people are shown, named in other pictures, strangers are not, and all are forgotten", async ({
  openElement,
}) => {
  const opened = await openElement('<k-shot task="face" classes="Obama, visitor" shots="3"></k-shot>');
  const { page, element, site } = opened;
  expect(site.requests).not.toContain("/kshot/faces.safetensors");
  await opened.start();
  // The test picture shows nobody: it is said, and nothing is taken.
  const record = element.getByRole("button", { name: "Hold to show the face: Obama" });
  await record.hover();
  await page.mouse.down();
  await expect(element.getByRole("status").filter({ hasText: "No face" })).toBeVisible();
  await page.mouse.up();
  await element.getByRole("button", { name: "Turn off" }).click();

  expect(await enrol(opened, 0, ["obama-1", "obama-2"])).toEqual(["ready", "ready"]);
  expect(await enrol(opened, 1, ["caltech-p05-1", "caltech-p05-2"])).toEqual(["ready", "ready"]);
  expect(await ask(opened, "obama-3")).toBe("Obama");
  await expect(element.locator(".answer-name")).toHaveText("Obama");
  expect(await ask(opened, "caltech-p05-3")).toBe("visitor");
  expect(await ask(opened, "biden-1")).toBeNull();
  await expect(element.locator(".answer-name")).toHaveText("none of these");
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"])
    .analyze();
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ failureSummary }) => failureSummary)}`),
  ).toEqual([]);
  await page.screenshot({ path: "test-results/screenshots/element-face.png" });

  await element.getByRole("button", { name: "Forget all faces" }).click();
  const held = () => opened.run(async ({ kshot }) => (await kshot?.openFaces())?.held());
  await expect.poll(held).toMatchObject({ shots: 0, lastLook: false, bytes: 0 });
  await expect(element.getByRole("img", { name: "0 shots" })).toHaveCount(2);
});
