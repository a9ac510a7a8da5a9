/**
 * `<k-shot>` as an outsider has it: the built package on a static server, in a page of one's own. Cameras that a page
 * was given are kept where tests can see whether they were let go.
 */
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import type { KShotElement } from "../../www/src/element/index.ts";
import { fileOf } from "./samples.ts";
import { type Content, type Site, serve } from "./static-server.ts";
import { cameraTest, expect, anyCameraTest as test } from "./test.ts";

export const PACKAGE = fileURLToPath(new URL("../../package/dist/", import.meta.url));

/** The two lines of the README. */
export const SCRIPT = '<script src="/kshot/kshot.iife.js"></script>';

/** A whole page round a body. */
export function pageOf(body: string, head = SCRIPT): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>A talk</title>${head}</head><body><main><h1>A talk</h1>${body}</main></body></html>`;
}

interface Cameras {
  kshotTracks: MediaStreamTrack[];
}

/** An element in a page, by its place. */
export class ElementPage {
  readonly page: Page;
  readonly site: Site;

  constructor(page: Page, site: Site) {
    this.page = page;
    this.site = site;
  }

  get element() {
    return this.page.locator("k-shot").first();
  }

  /** Runs in the page with the element. */
  run<R, A = undefined>(body: (element: KShotElement, given: A) => R, given?: A): Promise<Awaited<R>> {
    return this.element.evaluate(body as (element: unknown, given: unknown) => R, given) as Promise<
      Awaited<R>
    >;
  }

  /** Clicks the poster and waits for a state. */
  async start(state = "live", name = "Start the camera"): Promise<void> {
    await this.page.context().grantPermissions(["camera"]);
    await this.element.getByRole("button", { name }).click();
    await this.expectState(state);
  }

  async expectState(state: string): Promise<void> {
    await expect.poll(() => this.run((element) => element.state), { timeout: 60_000 }).toBe(state);
  }

  /** How many cameras are open, of all that the page was given. */
  openCameras(): Promise<number> {
    return this.page.evaluate(
      () =>
        (window as unknown as Cameras).kshotTracks.filter(({ readyState }) => readyState === "live").length,
    );
  }

  /** Adds sample photos to a class of the element, by its place. */
  async teach(place: number, files: readonly string[]): Promise<void> {
    for (const file of files) {
      await this.run(
        async (element, { place, data }) => {
          const { kshot } = element;
          const id = kshot?.support.classes[place]?.id ?? -1;
          await kshot?.addShot(id, await (await fetch(data)).blob());
        },
        { place, data: dataOf(file) },
      );
    }
  }

  /** The name that the element gives to a sample photo. */
  ask(file: string): Promise<string | null | undefined> {
    return this.run(async (element, data) => {
      const blob = await (await fetch(data)).blob();
      return (await element.ask(blob))?.name;
    }, dataOf(file));
  }
}

function dataOf(file: string): string {
  return `data:image/jpeg;base64,${fileOf(file).toString("base64")}`;
}

interface Fixtures {
  /** Opens a page of the site with the element in it. */
  openElement(body: string, content?: Content & { head?: string; path?: string }): Promise<ElementPage>;
}

const fixtures = {
  openElement: async ({ page }: { page: Page }, use: (open: Fixtures["openElement"]) => Promise<void>) => {
    const sites: Site[] = [];
    const faults: Error[] = [];
    page.on("pageerror", (error) => faults.push(error));
    await page.addInitScript(() => {
      const tracks: MediaStreamTrack[] = [];
      (window as unknown as Cameras).kshotTracks = tracks;
      const devices = navigator.mediaDevices;
      if (devices === undefined) return;
      const open = devices.getUserMedia.bind(devices);
      devices.getUserMedia = async (wanted) => {
        const stream = await open(wanted);
        tracks.push(...stream.getTracks());
        return stream;
      };
    });
    await use(async (body, { head, path = "/", ...content } = {}) => {
      const site = await serve({
        ...content,
        folders: { "/kshot/": PACKAGE, ...content.folders },
        pages: { [path]: pageOf(body, head), ...content.pages },
      });
      sites.push(site);
      await page.goto(new URL(path, site.url).href);
      return new ElementPage(page, site);
    });
    for (const site of sites) await site.close();
    if (faults.length > 0)
      throw new AggregateError(faults, `the page threw: ${faults.map(String).join("; ")}`);
  },
};

/** With Chromium's test picture as a camera. */
export const elementTest = test.extend<Fixtures>(fixtures);

/** With a camera that shows three things in turn (camera.ts). */
export const elementCameraTest = cameraTest.extend<Fixtures>(fixtures);
