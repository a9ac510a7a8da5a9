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

  const file = await opened.run(async ({ kshot }) => {
    const state = (await kshot?.openFaces())?.exportPeople();
    if (kshot == null || state === undefined) throw new Error("there is no engine");
    const { embedder, people } = state;
    const classes = people.map(({ name, shots }) => ({ name, enabled: true, shots }));
    const blob = await kshot.writeFile({ ...kshot.exportState(), embedder, classes }, "faces");
    return Array.from(new Uint8Array(await blob.arrayBuffer()));
  });
  await element.getByRole("button", { name: "Forget all faces" }).click();
  const held = () => opened.run(async ({ kshot }) => (await kshot?.openFaces())?.held());
  await expect.poll(held).toMatchObject({ shots: 0, lastLook: false, bytes: 0 });
  await expect(element.getByRole("img", { name: "0 shots" })).toHaveCount(2);

  // A file of people says itself what it is for, and what else is asked for is told.
  await page.route("**/people.kshot", (route) => route.fulfill({ body: Buffer.from(file) }));
  const told = await opened.run(async (element) => {
    const [fitting, other] = [1, 2].map(() => document.createElement("k-shot") as typeof element);
    if (fitting === undefined || other === undefined) throw new Error("no element was made");
    fitting.src = other.src = "people.kshot";
    other.task = "draw";
    element.before(fitting, other);
    const error = new Promise<string>((resolve) => {
      other.addEventListener("error", ({ detail }) => resolve(`${detail.code} ${detail.todo}`));
    });
    await Promise.allSettled([fitting.start(), other.start()]);
    return error;
  });
  expect(told).toBe('file_other_kind Set task="face" on the element, or leave task out.');
  await expect(element.getByRole("textbox").first()).toHaveValue("Obama");
  expect(await ask(opened, "obama-3"), "the first element is now that of the file").toBe("Obama");
  expect(await opened.run(async ({ kshot }) => (await kshot?.openFaces())?.held())).toMatchObject({
    people: 2,
    shots: 4,
  });
});
