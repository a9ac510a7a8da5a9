/** Pixels to network input: the same picture from every source, in every turn, and on both devices. */
import { grayPng } from "./png.ts";
import { expect, test } from "./test.ts";

// Inputs are (value - 127) / 128, so one of 255 steps of a pixel is 1/128.
const ONE_STEP = 1 / 128;

test("every kind of picture becomes the same input on WebGPU as on the CPU", async ({ api, project }) => {
  test.skip(project === "cpu", "there is one device only");
  const differences = await api.evaluate(async () => {
    const { KShot, pictures } = window.api;
    const { draw, encode, turned } = pictures;
    const sources: Record<string, Blob | OffscreenCanvas | VideoFrame | ImageBitmap | HTMLVideoElement> = {
      "an odd landscape PNG": await encode(draw(401, 351), "image/png"),
      "an odd portrait PNG": await encode(draw(97, 121), "image/png"),
      "smaller than the input": draw(33, 51),
      "a PNG with transparency": await encode(draw(300, 260, 0.5), "image/png"),
      "a canvas with transparency": draw(300, 260, 0.5),
      "a 3000 x 2000 JPEG": await encode(draw(3000, 2000), "image/jpeg"),
      "a JPEG that is too large for the texture": await encode(draw(3000, 2100), "image/jpeg"),
      "an ImageBitmap": await createImageBitmap(draw(640, 480)),
      "a video": await pictures.video(draw(640, 480)),
      "a real photo": await pictures.photo("football-01"),
    };
    for (let n = 1; n <= 8; n++) sources[`EXIF orientation ${n}`] = await turned(draw(300, 200), n);
    const kshot = await KShot.load({ backend: "cpu" });
    const cpu: Record<string, Float32Array> = {};
    for (const [name, source] of Object.entries(sources)) cpu[name] = await kshot.frameInput(source);
    await kshot.chooseBackend("webgpu");
    const result: [string, number][] = [];
    for (const [name, source] of Object.entries(sources)) {
      const input = await kshot.frameInput(source);
      result.push([name, pictures.differ(input, cpu[name] ?? new Float32Array()).most]);
    }
    return result;
  });
  expect(differences).toHaveLength(18);
  for (const [name, most] of differences) expect.soft(most, name).toBeLessThanOrEqual(ONE_STEP);
});

test("a photo is turned upright by each of the eight EXIF orientations", async ({ api, project }) => {
  const differences = await api.evaluate(async (backend) => {
    const { KShot, pictures } = window.api;
    const kshot = await KShot.load({ backend });
    const canvas = pictures.draw(300, 200);
    const upright = await kshot.frameInput(canvas);
    const result: { as: number; mean: number }[] = [];
    for (let n = 1; n <= 8; n++) {
      const input = await kshot.frameInput(await pictures.turned(canvas, n));
      result.push({ as: n, mean: pictures.differ(input, upright).mean });
    }
    const mirror = pictures.draw(300, 200);
    const context = mirror.getContext("2d");
    context?.setTransform(-1, 0, 0, 1, 300, 0);
    context?.drawImage(canvas, 0, 0);
    return { result, mirrored: pictures.differ(await kshot.frameInput(mirror), upright).mean };
  }, project);
  expect(differences.mirrored, "a turn that is forgotten shows").toBeGreaterThan(0.2);
  // JPEG loses a little at edges.
  for (const { as, mean } of differences.result) expect.soft(mean, `orientation ${as}`).toBeLessThan(0.03);
});

test("the same picture from a file, a bitmap and a video is the same input", async ({ api, project }) => {
  const differences = await api.evaluate(async (backend) => {
    const { KShot, pictures } = window.api;
    const kshot = await KShot.load({ backend });
    const canvas = pictures.draw(640, 480);
    const reference = await kshot.frameInput(canvas);
    const image = new Image();
    image.src = URL.createObjectURL(await pictures.encode(canvas, "image/png"));
    await image.decode();
    const sources = {
      "a PNG": await pictures.encode(canvas, "image/png"),
      "an image element": image,
      "an ImageBitmap": await createImageBitmap(canvas),
      ImageData: canvas.getContext("2d")?.getImageData(0, 0, 640, 480) as ImageData,
      "a video": await pictures.video(canvas),
    };
    const result: [string, number][] = [];
    for (const [name, source] of Object.entries(sources)) {
      result.push([name, pictures.differ(await kshot.frameInput(source), reference).mean]);
    }
    return result;
  }, project);
  // A video's colours are kept at half the resolution.
  for (const [name, mean] of differences)
    expect.soft(mean, name).toBeLessThan(name === "a video" ? 0.05 : 0.005);
});

test("a VideoFrame is the input of what it shows", async ({ api, project }) => {
  const differences = await api.evaluate(async (backend) => {
    const { KShot, pictures } = window.api;
    const kshot = await KShot.load({ backend });
    const result: [string, number][] = [];
    for (const [name, { frame, shown }] of Object.entries(pictures.frames())) {
      const { mean } = pictures.differ(await kshot.frameInput(frame), await kshot.frameInput(shown));
      result.push([name, mean]);
    }
    return result;
  }, project);
  expect(differences).toHaveLength(11);
  for (const [name, mean] of differences) expect.soft(mean, name).toBeLessThan(0.005);
});

test("on WebGPU no pixel comes to the CPU, but of photos that are too large for the texture", async ({
  api,
  project,
}) => {
  test.skip(project === "cpu", "there is no GPU to keep them on");
  await api.evaluate(async () => {
    const { KShot, pictures } = window.api;
    const kshot = await KShot.load({ backend: "webgpu" });
    const { draw, encode } = pictures;
    const take = async (sources: Parameters<typeof kshot.frameInput>[0][]) => {
      for (const source of sources) await kshot.frameInput(source);
      return sources.length;
    };
    const small = async () => [
      draw(640, 480),
      await createImageBitmap(draw(640, 480)),
      await encode(draw(640, 480), "image/jpeg"),
      await encode(draw(3000, 2048), "image/jpeg"),
      await pictures.video(draw(640, 480)),
      ...Object.values(pictures.frames()).map(({ frame }) => frame),
    ];
    Object.assign(window, {
      takeSmall: async () => take(await small()),
      takeLarge: async () => take([await encode(draw(3000, 2050), "image/jpeg")]),
    });
  });
  const [worker] = api.workers();
  await worker?.evaluate(() => {
    const counts = { copies: 0, reads: 0 };
    const { copyExternalImageToTexture } = GPUQueue.prototype;
    GPUQueue.prototype.copyExternalImageToTexture = function (...given) {
      copyExternalImageToTexture.apply(this, given);
      counts.copies++;
    };
    const { getImageData } = OffscreenCanvasRenderingContext2D.prototype;
    OffscreenCanvasRenderingContext2D.prototype.getImageData = function (
      ...given: [number, number, number, number]
    ) {
      counts.reads++;
      return getImageData.apply(this, given);
    };
    Object.assign(globalThis, { counts });
  });
  const count = () => worker?.evaluate(() => ({ ...Reflect.get(globalThis, "counts") }));
  const taken = await api.evaluate(() => Reflect.get(window, "takeSmall")());
  expect(taken).toBe(16);
  expect(await count()).toEqual({ copies: taken, reads: 0 });
  await api.evaluate(() => Reflect.get(window, "takeLarge")());
  const { copies, reads } = await count();
  expect(copies).toBe(taken);
  expect(reads, "in strips").toBeGreaterThan(1);
});

test("the page goes on while a frame is looked at", async ({ api, project }) => {
  test.skip(project === "webgpu", "on the CPU there is more to wait for");
  const turns = await api.evaluate(async () => {
    const { KShot, pictures } = window.api;
    const kshot = await KShot.load({ backend: "cpu" });
    const picture = pictures.draw(640, 480);
    await kshot.embed(picture);
    const all: number[] = [];
    for (let frame = 0; frame < 20; frame++) {
      let [turn, over] = [0, false];
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        turn++;
        if (!over) port2.postMessage(null);
      };
      port2.postMessage(null);
      await kshot.embed(picture);
      over = true;
      all.push(turn);
    }
    return all;
  });
  // A forward pass of 20 ms on the page would leave it a handful.
  for (const turn of turns) expect(turn).toBeGreaterThan(20);
});

test("transparent pixels are laid over white", async ({ api, project }) => {
  const [least, most] = await api.evaluate(async (backend) => {
    const { KShot, pictures } = window.api;
    const kshot = await KShot.load({ backend });
    const input = await kshot.frameInput(await pictures.encode(pictures.draw(64, 64, 0), "image/png"));
    return [input.reduce((a, b) => Math.min(a, b)), input.reduce((a, b) => Math.max(a, b))];
  }, project);
  expect(least).toBeCloseTo(1, 5);
  expect(most).toBeCloseTo(1, 5);
});

test("pictures that are too small, too large or none are refused, and the next one is taken", async ({
  api,
  project,
}) => {
  const huge = grayPng(20_000, 20_000).toString("base64");
  const codes = await api.evaluate(
    async ({ backend, huge }) => {
      const { KShot, pictures, codeOf } = window.api;
      const kshot = await KShot.load({ backend });
      const embed = (source: Blob | OffscreenCanvas | HTMLVideoElement | HTMLImageElement) =>
        codeOf(() => kshot.frameInput(source));
      return [
        await embed(pictures.draw(1, 1)),
        await embed(await pictures.encode(pictures.draw(1, 1), "image/png")),
        await embed(await pictures.encode(pictures.draw(2000, 7), "image/png")),
        await embed(await (await fetch(`data:image/png;base64,${huge}`)).blob()),
        await embed(new Blob(["no picture at all"], { type: "image/png" })),
        await embed(new Blob([])),
        await embed(document.createElement("img")),
        await embed(document.createElement("video")),
        await embed(pictures.draw(64, 64)),
      ];
    },
    { backend: project, huge },
  );
  expect(codes).toEqual([
    "picture_too_small",
    "picture_too_small",
    "picture_too_small",
    "picture_too_large",
    "picture_unreadable",
    "picture_unreadable",
    "picture_unreadable",
    "video_not_ready",
    "none",
  ]);
});
