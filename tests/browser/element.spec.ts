/** The element `<k-shot>`: the poster, the start, what it does with the camera, and many of them on a page. */

import { elementTest as test } from "./element-page.ts";
import { endWorker } from "./end-worker.ts";
import { samples } from "./samples.ts";
import { heldTracks, holdCameras, openCameras } from "./slow-camera.ts";
import { expect } from "./test.ts";

const [CUP, FOOTBALL] = samples.classes;

test("before the click it is a poster: one script, no engine, no camera", async ({ openElement }) => {
  const opened = await openElement('<k-shot classes="mug, key"></k-shot>');
  const { page, site, element } = opened;
  await expect(element.getByRole("button", { name: "Start the camera" })).toBeVisible();
  await page.waitForLoadState("networkidle");
  expect(site.requests.filter((path) => path !== "/favicon.ico")).toEqual(["/", "/kshot/kshot.iife.js"]);
  expect(page.workers()).toEqual([]);
  expect(await opened.openCameras()).toBe(0);
});

test("it starts with a click, records while a button is held, and names what it was shown", async ({
  openElement,
}) => {
  const opened = await openElement(`<k-shot classes="${CUP?.name.en}, ${FOOTBALL?.name.en}"></k-shot>`);
  const { page, element } = opened;
  await opened.run((element) => {
    const told: string[] = [];
    for (const type of ["ready", "progress", "shot", "prediction", "statechange", "error"] as const)
      element.addEventListener(type, (event) => {
        const detail = event.detail as { state?: string };
        told.push(type === "statechange" ? `state ${detail.state}` : type);
      });
    Object.assign(window, { told });
  });
  await opened.start();
  expect(await opened.openCameras()).toBe(1);

  const record = element.getByRole("button", { name: `Hold to record ${CUP?.name.en}` });
  await record.hover();
  await page.mouse.down();
  await expect
    .poll(() => opened.run(({ kshot }) => kshot?.support.classes[0]?.shots.length))
    .toBeGreaterThan(2);
  await page.mouse.up();
  await expect(element.getByText(CUP?.name.en ?? "").first()).toBeVisible();
  await element.getByRole("button", { name: "Undo" }).click();
  await expect.poll(() => opened.run(({ kshot }) => kshot?.support.classes[0]?.shots.length)).toBe(0);

  // From the keyboard: a number records as long as it is held.
  await element.getByRole("button", { name: "Freeze" }).focus();
  await page.keyboard.press("2");
  await expect.poll(() => opened.run(({ kshot }) => kshot?.support.classes[1]?.shots.length)).toBe(1);
  await page.keyboard.press("Enter");
  await opened.expectState("frozen");
  await element.getByRole("button", { name: "Undo" }).click();
  await expect.poll(() => opened.run(({ kshot }) => kshot?.support.classes[1]?.shots.length)).toBe(0);
  await element.getByRole("button", { name: "Turn off" }).click();
  await opened.expectState("ready");
  expect(await opened.openCameras()).toBe(0);

  await opened.teach(0, CUP?.shots ?? []);
  await opened.teach(1, FOOTBALL?.shots ?? []);
  expect(await opened.ask("football-07.jpg")).toBe(FOOTBALL?.name.en);
  expect(await opened.ask("cup-06.jpg")).toBe(CUP?.name.en);
  await expect(element.locator(".answer-name")).toHaveText(CUP?.name.en ?? "");
  expect(await opened.ask("sunflower-01.jpg")).toBeNull();
  await expect(element.locator(".answer-name")).toHaveText("none of these");

  const told = await page.evaluate(() => (window as unknown as { told: string[] }).told);
  for (const type of ["progress", "ready", "shot", "prediction"]) expect(told).toContain(type);
  expect(told.filter((one) => one.startsWith("state "))).toEqual(
    ["loading", "ready", "opening", "live", "frozen", "ready"].map((state) => `state ${state}`),
  );
  expect(told).not.toContain("error");
});

test("attributes and properties say the same, are read before and after the start, and bad ones count as not set", async ({
  openElement,
}) => {
  const opened = await openElement(
    '<k-shot controls="none" classes=" mug ，key, " shots="0" threshold="2" method="nearest" task="x"></k-shot>',
  );
  expect(
    await opened.run(({ task, classes, shots, threshold, metric, backend, controls, src }) => ({
      ...{ task, classes, shots, threshold, metric, backend, controls, src },
    })),
  ).toEqual({
    task: "objects",
    classes: ["mug", "key"],
    shots: null,
    threshold: "auto",
    metric: "euclidean",
    backend: "auto",
    controls: "none",
    src: null,
  });
  await opened.run((element) => {
    // As Vue does, which sets properties to the text of attributes.
    Object.assign(element, { metric: "cosine", method: "siamese", threshold: "0.5", shots: "3", lang: "zh" });
    element.classes = "mug, key";
  });
  await expect(opened.element.getByRole("button", { name: "打开摄像头" })).toBeVisible();
  await opened.start("live", "打开摄像头");
  const settings = () => opened.run(({ kshot }) => kshot?.settings);
  expect(await settings()).toMatchObject({ metric: "cosine", method: "siamese", threshold: 0.5 });
  await expect(opened.element.getByRole("button", { name: /mug/ })).toHaveCount(0);
  await opened.run((element) => {
    Object.assign(element, { method: "matching", threshold: "auto", controls: "full", lang: "en" });
    element.classes = [...element.classes, "pen"];
  });
  await expect.poll(settings).toMatchObject({ method: "matching", threshold: "auto" });
  await expect
    .poll(() => opened.run(({ kshot }) => kshot?.support.classes.map(({ name }) => name)))
    .toEqual(["mug", "key", "pen"]);
  // Three shots are asked for, and three are taken, however long the button is held.
  const record = opened.element.getByRole("button", { name: "Hold to record key" });
  await record.hover();
  await opened.page.mouse.down();
  await expect(record).toBeDisabled();
  await opened.page.mouse.up();
  expect(await opened.run(({ kshot }) => kshot?.support.classes[1]?.shots.length)).toBe(3);
});

test("a poster, colours and parts are the author's; a backend that is not there is told, and another can be chosen", async ({
  openElement,
}) => {
  const opened = await openElement(
    `<style>k-shot { --k-shot-paper: rgb(1, 2, 3); --k-shot-ink: rgb(250, 251, 252) } k-shot::part(start) { letter-spacing: 7px } k-shot::part(stage) { border: 5px solid rgb(4, 5, 6) }</style><k-shot poster="/picture.svg" backend="webgpu"></k-shot>`,
    { pages: { "/picture.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>' } },
  );
  const { page, element } = opened;
  const style = (selector: string, property: string) =>
    opened.run(
      ({ shadowRoot }, { selector, property }) => {
        const part = shadowRoot?.querySelector(selector);
        return part ? getComputedStyle(part).getPropertyValue(property) : null;
      },
      { selector, property },
    );
  expect(await style("[part=poster]", "background-color")).toBe("rgb(1, 2, 3)");
  expect(await style("[part=poster]", "color")).toBe("rgb(250, 251, 252)");
  expect(await style("[part=start]", "letter-spacing")).toBe("7px");
  await expect(element.locator("img")).toHaveAttribute("src", "/picture.svg");
  expect(opened.site.requests).toContain("/picture.svg");

  await opened.start("failed");
  await expect(element.getByRole("alert")).toContainText("WebGPU is not available here.");
  await opened.run((element) => {
    element.backend = "cpu";
  });
  await element.getByRole("button", { name: "Try again" }).click();
  await opened.expectState("live");
  expect(await opened.run(({ kshot }) => kshot?.device.backend)).toBe("cpu");
  expect(page.workers(), "the engine that did not come up is gone").toHaveLength(1);
  expect(await style("[part=stage]", "border-top-color")).toBe("rgb(4, 5, 6)");
});

test("the camera goes out with the slide, the page and the element, and comes back with it", async ({
  openElement,
}) => {
  const opened = await openElement(
    '<section id="slide"><k-shot></k-shot></section><div id="other"></div><div style="height:300vh"></div>',
  );
  const { page } = opened;
  await opened.start();
  const expectOff = async (why: string) => {
    await opened.expectState("paused");
    expect(await opened.openCameras(), why).toBe(0);
  };
  const expectOn = async () => {
    await opened.expectState("live");
    expect(await opened.openCameras()).toBe(1);
  };
  await page.evaluate(() => scrollTo(0, 1e6));
  await expectOff("scrolled away");
  await page.evaluate(() => scrollTo(0, 0));
  await expectOn();
  for (const [attribute, value] of [
    ["aria-hidden", "true"],
    ["inert", ""],
    ["style", "display: none"],
    ["style", "opacity: 0"],
    ["style", "visibility: hidden"],
  ] as const) {
    const slide = page.locator("#slide");
    await slide.evaluate((one, [name, value]) => one.setAttribute(name, value), [attribute, value] as const);
    await expectOff(`a slide with ${attribute} ${value}`);
    await slide.evaluate((one, name) => one.removeAttribute(name), attribute);
    await expectOn();
  }
  await page.evaluate(() => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await expectOff("a tab that is not in front");
  await page.evaluate(() => {
    delete (document as { hidden?: boolean }).hidden;
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await expectOn();
});

test("a camera that is slow opens although its slide was left meanwhile", async ({ openElement, page }) => {
  await holdCameras(page);
  const opened = await openElement('<section id="slide"><k-shot></k-shot></section>');
  await opened.start("opening");
  const slide = page.locator("#slide");
  await slide.evaluate((one) => one.setAttribute("inert", ""));
  await opened.expectState("paused");
  await slide.evaluate((one) => one.removeAttribute("inert"));
  await opened.expectState("opening");
  await openCameras(page, 2);
  await opened.expectState("live");
  await expect.poll(async () => (await heldTracks(page)).sort()).toEqual(["ended", "live"]);
});

test("moved in the page it goes on; taken out it lets the camera go and keeps the shots", async ({
  openElement,
}) => {
  const opened = await openElement(
    '<div id="here"><k-shot classes="cup, ball"></k-shot></div><div id="there"></div>',
  );
  const { page } = opened;
  await opened.start();
  await opened.teach(0, CUP?.shots ?? []);
  await opened.teach(1, FOOTBALL?.shots ?? []);
  const before = await opened.run(({ kshot }) => kshot?.exportState().classes.map(({ shots }) => shots));
  await opened.run((element) => {
    Object.assign(window, {
      tracks: (element.shadowRoot?.querySelector("video")?.srcObject as MediaStream | undefined)?.getTracks(),
    });
    document.getElementById("there")?.append(element);
  });
  await expect
    .poll(() => opened.run((element) => element.shadowRoot?.querySelector("video")?.paused))
    .toBe(false);
  expect(
    await page.evaluate(() =>
      (window as unknown as { tracks: MediaStreamTrack[] }).tracks.map((t) => t.readyState),
    ),
    "it is the same camera",
  ).toEqual(["live"]);

  await opened.run((element) => {
    Object.assign(window, { element });
    element.remove();
  });
  await expect.poll(() => opened.openCameras()).toBe(0);
  await page.evaluate(() => document.body.append((window as unknown as { element: Node }).element));
  await opened.expectState("live");
  expect(await opened.run(({ kshot }) => kshot?.exportState().classes.map(({ shots }) => shots))).toEqual(
    before,
  );
  expect(await opened.ask("football-07.jpg")).toBe("ball");
});

test("ten on a page share one engine and nothing else, and defining it twice does no harm", async ({
  openElement,
}) => {
  const elements = Array.from({ length: 10 }, (_, i) => `<k-shot classes="thing ${i}"></k-shot>`).join("");
  const opened = await openElement(elements, {
    head: '<script src="/kshot/kshot.iife.js"></script><script src="/kshot/kshot.iife.js"></script><script type="module" src="/kshot/element.js"></script>',
  });
  const { page, site } = opened;
  await page.context().grantPermissions(["camera"]);
  const classes = await page.evaluate(async () => {
    const all = [...document.querySelectorAll("k-shot")];
    await Promise.all(all.map((one) => one.start()));
    return all.map(({ kshot }) => kshot?.support.classes.map(({ name }) => name));
  });
  expect(classes).toEqual(Array.from({ length: 10 }, (_, i) => [`thing ${i}`]));
  expect(page.workers()).toHaveLength(1);
  for (const file of ["kshot_bg.wasm", "embedder.safetensors", "worker.js", "view.js"])
    expect(
      site.requests.filter((path) => path === `/kshot/${file}`),
      file,
    ).toHaveLength(1);
  // Those that are not on show have no camera.
  const live = await page.evaluate(() => [...document.querySelectorAll("k-shot")].map(({ state }) => state));
  expect(live[0]).toBe("live");
  expect(live.at(-1)).toBe("paused");
});

test("a connection that is cut is told, and trying again works", async ({ openElement }) => {
  const opened = await openElement("<k-shot></k-shot>");
  const { page, element } = opened;
  const fail = async (files: string, says: string, again: string) => {
    await page.route(files, (route) => route.abort("connectionreset"));
    await page.context().grantPermissions(["camera"]);
    await element.getByRole("button", { name: again }).click();
    await expect(element.getByRole("alert").filter({ hasText: says })).toBeVisible();
    await page.unroute(files);
  };
  await fail("**/*.safetensors", "The network's weights could not be downloaded.", "Start the camera");
  await opened.expectState("failed");
  await element.getByRole("button", { name: "Try again" }).click();
  await opened.expectState("live");
});

test("an engine that dies twice is told, and trying again brings the shots back", async ({ openElement }) => {
  const opened = await openElement('<k-shot classes="cup, ball"></k-shot>');
  const { page, element } = opened;
  await opened.start();
  await element.getByRole("button", { name: "Turn off" }).click();
  await opened.teach(0, CUP?.shots ?? []);
  await opened.teach(1, FOOTBALL?.shots ?? []);
  await opened.run(({ kshot }) => {
    const statuses: string[] = [];
    kshot?.on("status", (status) => statuses.push(status));
    Object.assign(window, { statuses });
  });
  const statuses = () => page.evaluate(() => (window as unknown as { statuses: string[] }).statuses.join());
  for (const expected of ["recovering,ready", "recovering,ready,failed"]) {
    await endWorker(page);
    await expect.poll(statuses).toBe(expected);
  }
  await expect(element.getByRole("alert").filter({ hasText: "The engine stopped." })).toBeVisible();
  await element.getByRole("button", { name: "Try again" }).click();
  await opened.expectState("live");
  expect(await opened.ask("football-07.jpg")).toBe("ball");
});

test("it begins with a .kshot file, takes another, and says what is wrong with one that is none", async ({
  openElement,
}) => {
  const opened = await openElement("<k-shot></k-shot>");
  const { page, element, site } = opened;
  await opened.start();
  await opened.run((element) => element.stop());
  await opened.teach(0, CUP?.shots ?? []);
  await opened.teach(1, FOOTBALL?.shots ?? []);
  const file = await opened.run(async ({ kshot }) => {
    const [cup, ball] = kshot?.support.classes ?? [];
    await kshot?.renameClass(cup?.id ?? 0, "cup");
    await kshot?.renameClass(ball?.id ?? 0, "ball");
    await kshot?.setSettings({ metric: "cosine" });
    const bytes = new Uint8Array((await (await kshot?.exportFile())?.arrayBuffer()) ?? new ArrayBuffer(0));
    return Array.from(bytes);
  });
  await page.route("**/lesson.kshot", (route) => route.fulfill({ body: Buffer.from(file) }));
  await page.route("**/other.kshot", (route) => route.fulfill({ body: "no such file" }));

  await page.goto(site.url);
  await opened.run((element) => {
    element.src = "lesson.kshot";
    element.method = "siamese";
  });
  await opened.start();
  expect(await opened.run(({ kshot }) => kshot?.support.classes.map(({ name }) => name))).toEqual([
    "cup",
    "ball",
  ]);
  // The file's settings hold where no attribute says otherwise.
  expect(await opened.run(({ kshot }) => kshot?.settings)).toMatchObject({
    metric: "cosine",
    method: "siamese",
  });
  expect(await opened.ask("football-07.jpg")).toBe("ball");

  const told = opened.run(
    (element) =>
      new Promise<string>((resolve) => {
        element.addEventListener("error", ({ detail }) => resolve(detail.code));
        element.src = "other.kshot";
      }),
  );
  expect(await told).toBe("file_not_kshot");
  expect(await opened.ask("football-07.jpg"), "what is there stays").toBe("ball");
  await expect(element.getByRole("textbox").first()).toHaveValue("cup");
});
