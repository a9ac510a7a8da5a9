/**
 * The page as a person meets it: by roles and names, never by how it is built. The few attributes read
 * here (`data-status`, `data-backend`, `data-answer`) are the ones the page promises.
 */
import { expect, type Locator, type Page } from "@playwright/test";
import { type OnShow, readAnswers, readOnShow, waitForOnShow } from "./on-show.ts";
import { samples } from "./samples.ts";

export class KShotPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get root(): Locator {
    return this.page.locator("html");
  }

  /** Opens the page and waits until it can answer. `path` may be a whole URL. */
  async open(path = "./"): Promise<void> {
    await this.page.goto(path);
    await this.ready();
  }

  async ready(): Promise<void> {
    await expect(this.root).toHaveAttribute("data-status", "ready", { timeout: 60_000 });
    await expect(this.card(0)).toBeVisible();
  }

  /** Asks for a backend by the panel and waits until it is in use. */
  async chooseBackend(backend: "webgpu" | "cpu"): Promise<void> {
    // While the page times WebGPU by itself, the choice is locked.
    await expect(this.root).not.toHaveAttribute("data-measuring", { timeout: 120_000 });
    const panel = this.page.locator("#device-panel");
    await this.page.locator("#device-pill").click();
    const radio = panel.getByRole("radio", { name: backend === "cpu" ? /^CPU/ : /^WebGPU/ });
    await radio.click();
    await expect(radio).toBeChecked({ timeout: 120_000 });
    await expect(this.root).toHaveAttribute("data-backend", backend, { timeout: 120_000 });
    await expect(this.root).not.toHaveAttribute("data-measuring", { timeout: 120_000 });
    await this.page.keyboard.press("Escape");
    await expect(panel).toBeHidden();
  }

  /** Counts what the engine's worker gives to the GPU from now on; gives how to read the count. */
  async countDispatches(): Promise<() => Promise<number>> {
    const [worker] = this.page.workers();
    if (worker === undefined) throw new Error("the page has no worker");
    await worker.evaluate(() => {
      const { prototype } = GPUComputePassEncoder;
      const plain = prototype.dispatchWorkgroups;
      let count = 0;
      prototype.dispatchWorkgroups = function (...groups) {
        count += 1;
        return plain.apply(this, groups);
      };
      Object.assign(globalThis, { countOfDispatches: () => count });
    });
    return () => worker.evaluate(() => Reflect.get(globalThis, "countOfDispatches")());
  }

  /** Allows the camera, as a person would when asked, and turns it on. */
  async turnOnCamera(): Promise<void> {
    await this.page.context().grantPermissions(["camera"]);
    await this.page.getByRole("button", { name: "Turn on camera" }).click();
    await expect(this.page.getByRole("button", { name: "Turn off" })).toBeVisible();
  }

  /** The card of a class by its place, from 0. */
  card(place: number): Locator {
    return this.page.getByRole("article").nth(place);
  }

  /** The name field of a class. */
  name(place: number): Locator {
    return this.card(place).getByRole("textbox");
  }

  /** The thumbnails of a class, newest first. */
  shots(place: number): Locator {
    return this.card(place).getByRole("button", { name: /^Shot \d+ of/ });
  }

  /** How many shots the card of a class says it has. */
  async count(place: number): Promise<number> {
    return Number(
      await this.card(place)
        .getByLabel(/^\d+ shots?$/)
        .textContent(),
    );
  }

  async expectCount(place: number, count: number): Promise<void> {
    await expect(this.card(place).getByLabel(/^\d+ shots?$/)).toHaveText(String(count));
  }

  async waitForCount(place: number, least: number, timeout?: number): Promise<void> {
    await expect.poll(() => this.count(place), { timeout, intervals: [50] }).toBeGreaterThanOrEqual(least);
  }

  /** The number of shots once the last of a burst has arrived. */
  async settledCount(place: number): Promise<number> {
    let last = -1;
    const settled = async () => {
      const [before, now] = [last, await this.count(place)];
      last = now;
      return now === before;
    };
    await expect.poll(settled, { intervals: [500] }).toBe(true);
    return last;
  }

  /** The id of a class, which `data-answer` names. */
  async id(place: number): Promise<string> {
    return (await this.card(place).getAttribute("data-class-id")) ?? "";
  }

  get answer(): Locator {
    // The face page has one too, once it was opened.
    return this.page.locator("[data-answer]").filter({ visible: true });
  }

  async expectAnswer(place: number): Promise<void> {
    await expect(this.answer).toHaveAttribute("data-answer", await this.id(place));
  }

  async expectNone(): Promise<void> {
    await expect(this.answer).toHaveAttribute("data-answer", "none");
    await expect(this.answer).toContainText("none of these");
  }

  async addClass(): Promise<void> {
    const before = await this.page.getByRole("article").count();
    await this.page.getByRole("button", { name: /^Add class/ }).click();
    await expect(this.page.getByRole("article")).toHaveCount(before + 1);
  }

  /** Adds photo files to a class by its button. */
  async addPhotos(place: number, files: Parameters<Locator["setInputFiles"]>[0]): Promise<void> {
    const chooser = this.page.waitForEvent("filechooser");
    await this.card(place)
      .getByRole("button", { name: /^Add photos to|添加照片$/ })
      .click();
    await (await chooser).setFiles(files as string[]);
  }

  /** Drops files and folders of the disk on an element, as a file manager does. */
  async drop(on: Locator, paths: string[]): Promise<void> {
    await on.scrollIntoViewIfNeeded();
    const box = await on.boundingBox();
    if (box === null) throw new Error("nothing to drop on");
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const client = await this.page.context().newCDPSession(this.page);
    const data = { items: [], files: paths, dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver", "drop"] as const)
      await client.send("Input.dispatchDragEvent", { type, x, y, data });
    await client.detach();
  }

  /** What a toast says, once it says this. */
  toast(says: string | RegExp): Locator {
    return this.page.getByRole("status").filter({ hasText: says });
  }

  /** Asks about a photo file. */
  async askAbout(file: Parameters<Locator["setInputFiles"]>[0]): Promise<void> {
    const chooser = this.page.waitForEvent("filechooser");
    await this.page.getByRole("button", { name: "Ask about a photo" }).click();
    await (await chooser).setFiles(file as string);
  }

  /** Fills four classes with the sample photos. */
  async loadSamples(): Promise<void> {
    await this.page.getByRole("tab", { name: "Samples" }).click();
    await this.page.getByRole("button", { name: "Load the sample photos" }).click();
    for (const [place, { shots }] of samples.classes.entries()) await this.expectCount(place, shots.length);
  }

  /** What the file-fed camera (camera.ts) shows now. */
  onShow(): Promise<OnShow> {
    return readOnShow(this.page);
  }

  /** Waits until a photo of a segment is on show: at the first, most of the segment is still to come. */
  async waitForSegment(segment: number, photo = 0): Promise<void> {
    await waitForOnShow(this.page, { segment, photo });
  }

  /**
   * The share of time for which the page says `expected`, while a segment is on show and from the first
   * time it says so: until then the answer may be that of the segment before. `late` is the share of the segment
   * that this takes.
   */
  async shareOf(expected: string, segment: number): Promise<{ share: number; late: number; told: string }> {
    const answers = await readAnswers(this.page, segment);
    const first = answers.indexOf(expected);
    const counted = first < 0 ? [] : answers.slice(first);
    const right = counted.filter((answer) => answer === expected).length;
    const late = 1 - counted.length / answers.length;
    return { share: right / Math.max(counted.length, 1), late, told: answers.join(" ") };
  }
}
