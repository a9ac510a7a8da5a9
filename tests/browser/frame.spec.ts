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
  expect(differences).toHaveLength(17);
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

test("a VideoFrame is the same input as the picture it was made from", async ({ api, project }) => {
  const { mean } = await api.evaluate(async (backend) => {
    const { KShot, pictures } = window.api;
    const kshot = await KShot.load({ backend });
    const canvas = pictures.draw(320, 180);
    const frame = new VideoFrame(canvas, { timestamp: 0 });
    return pictures.differ(await kshot.frameInput(frame), await kshot.frameInput(canvas));
  }, project);
  expect(mean).toBeLessThan(0.005);
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
