/** `<k-shot>` with a method that has weights of its own: while they come, where they do not, and after the worker died. */
import { statSync } from "node:fs";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import type { Route } from "@playwright/test";
import { type ElementPage, PACKAGE, elementTest as test } from "./element-page.ts";
import { endWorker } from "./end-worker.ts";
import { samples } from "./samples.ts";
import { expect } from "./test.ts";

const [CUP, FOOTBALL] = samples.classes;
const WEIGHTS = "**/camera.safetensors";
const BYTES = statSync(join(PACKAGE, "camera.safetensors")).size;

const methodOf = (opened: ElementPage) => opened.run(({ kshot }) => kshot?.settings.method);
const shotsOf = (opened: ElementPage) =>
  opened.run(({ kshot }) => kshot?.support.classes.map(({ shots }) => shots.length));

async function expectNoViolations({ page }: ElementPage): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"])
    .analyze();
  expect.soft(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target)}`)).toEqual([]);
}

async function expectNames(opened: ElementPage, why: string): Promise<void> {
  expect(await opened.ask("football-07.jpg"), why).toBe("ball");
  expect(await opened.ask("cup-06.jpg"), why).toBe("cup");
}

test("a method's weights that do not come leave the former in use; tried again they do, and outlive the worker", async ({
  openElement,
}) => {
  const opened = await openElement('<k-shot classes="cup, ball" threshold="-1"></k-shot>');
  const { page, element } = opened;
  await opened.run((element) => {
    const told: string[] = [];
    element.addEventListener("error", ({ detail }) => told.push(detail.code));
    element.addEventListener("progress", ({ detail }) => told.push(`${detail.step} ${detail.total}`));
    Object.assign(window, { told });
  });
  const told = () => page.evaluate(() => (window as unknown as { told: string[] }).told);
  await opened.start();
  await opened.run((element) => element.stop());
  await opened.teach(0, CUP?.shots ?? []);
  await opened.teach(1, FOOTBALL?.shots ?? []);
  const shots = await shotsOf(opened);
  const before = await methodOf(opened);
  const downloads = await told();

  await page.route(WEIGHTS, (route) => route.abort());
  await opened.run((element) => {
    element.method = "snail";
  });
  const problem = element.getByRole("alert").filter({ hasText: "could not be downloaded" });
  await expect(problem).toContainText("Regression stays in use.");
  expect((await told()).slice(downloads.length)).toEqual(["weights_unavailable"]);
  expect(await methodOf(opened)).toBe(before);
  expect(await shotsOf(opened)).toEqual(shots);
  await expectNames(opened, "without them");
  await expectNoViolations(opened);

  // They are on their way: that is shown, and the former goes on meanwhile.
  await page.unroute(WEIGHTS);
  let release = (_: unknown) => {};
  const held = new Promise<Route>((caught) => {
    void page.route(WEIGHTS, async (route) => {
      caught(route);
      await new Promise((resolve) => {
        release = resolve;
      });
      await route.continue();
    });
  });
  await element.getByRole("button", { name: "Try again" }).click();
  await held;
  await expect(problem).toBeHidden();
  await expect(element.getByRole("progressbar", { name: "Getting the trained methods" })).toBeVisible();
  await expectNames(opened, "while they come");
  await expectNoViolations(opened);
  release(null);
  await expect.poll(() => methodOf(opened)).toBe("snail");
  await expect(element.getByRole("progressbar")).toBeHidden();
  expect((await told()).slice(downloads.length + 1)).toContain(`weights ${BYTES}`);
  await expectNames(opened, "with them");

  await opened.run(({ kshot }) => {
    const statuses: string[] = [];
    kshot?.on("status", (status) => statuses.push(status));
    Object.assign(window, { statuses });
  });
  await endWorker(page);
  await expect
    .poll(() => page.evaluate(() => (window as unknown as { statuses: string[] }).statuses.join()))
    .toBe("recovering,ready");
  expect(await methodOf(opened)).toBe("snail");
  expect(await shotsOf(opened)).toEqual(shots);
  await expectNames(opened, "after the worker died");

  // What it asks for last is what it gets.
  await opened.run((element) => {
    element.method = "relation";
    element.method = "imaginary";
    element.method = "siamese";
  });
  await expect.poll(() => methodOf(opened)).toBe("siamese");
  await expectNames(opened, "with another");
});

test("it starts with a method's weights, by attribute or by file, and without them where they do not come", async ({
  openElement,
}) => {
  const opened = await openElement('<k-shot classes="cup, ball" method="snail" threshold="-1"></k-shot>');
  const { page, element, site } = opened;
  await page.route(WEIGHTS, (route) => route.abort());
  await opened.start();
  const problem = element.getByRole("alert").filter({ hasText: "could not be downloaded" });
  await expect(problem).toContainText("Regression stays in use.");
  expect(await opened.run(({ kshot }) => kshot?.settings.threshold), "what else is asked for").toBe(-1);
  await opened.run((element) => element.stop());
  await opened.teach(0, CUP?.shots ?? []);
  await opened.teach(1, FOOTBALL?.shots ?? []);
  const shots = await shotsOf(opened);
  await page.unroute(WEIGHTS);
  await element.getByRole("button", { name: "Try again" }).click();
  await expect.poll(() => methodOf(opened)).toBe("snail");
  await expect(problem).toBeHidden();
  await expectNames(opened, "tried again");
  const file = await opened.run(async ({ kshot }) =>
    Array.from(new Uint8Array((await (await kshot?.exportFile())?.arrayBuffer()) ?? new ArrayBuffer(0))),
  );

  // Taken out it gives its place in the engine back; put back it has its method and its shots again.
  await opened.run(async (element) => {
    const parent = element.parentElement;
    element.remove();
    await new Promise((resolve) => setTimeout(resolve));
    if (element.kshot !== null) throw new Error("it kept its place");
    parent?.append(element);
    await element.start();
    element.stop();
  });
  expect(await methodOf(opened)).toBe("snail");
  expect(await shotsOf(opened)).toEqual(shots);
  await expectNames(opened, "put back");

  await page.route("**/lesson.kshot", (route) => route.fulfill({ body: Buffer.from(file) }));
  for (const come of [false, true]) {
    await page.goto(site.url);
    await opened.run((element) => {
      element.removeAttribute("method");
      element.src = "lesson.kshot";
    });
    if (!come) await page.route(WEIGHTS, (route) => route.abort());
    await opened.start();
    expect(await shotsOf(opened)).toEqual(shots);
    expect(await methodOf(opened)).toBe(come ? "snail" : "ridge");
    await expect(problem).toBeVisible({ visible: !come });
    await expectNames(opened, come ? "from a file" : "from a file, without them");
    await page.unroute(WEIGHTS);
  }
});
