/** Pictures for the API tests: real photos by their name, and drawn ones of any size, format and turn. */
const photos: Record<string, string> = import.meta.glob(
  ["../../fixtures/photos/*.png", "../../fixtures/faces/*.jpg", "../../../www/public/samples/*.jpg"],
  { query: "?url", import: "default", eager: true },
);

/** A real photo, by its file name without the ending. */
export async function photo(name: string): Promise<Blob> {
  const entry = Object.entries(photos).find(([path]) => path.includes(`/${name}.`));
  if (entry === undefined) throw new Error(`there is no photo ${name}`);
  return (await fetch(entry[1])).blob();
}

/** A picture without symmetry: gradients, fine lines and a disc, all in colour. */
export function draw(width: number, height: number, alpha = 1): OffscreenCanvas {
  const canvas = new OffscreenCanvas(width, height);
  const context = contextOf(canvas);
  const across = context.createLinearGradient(0, 0, width, height);
  across.addColorStop(0, "#d33");
  across.addColorStop(0.5, "#3a6");
  across.addColorStop(1, "#24c");
  context.globalAlpha = alpha;
  context.fillStyle = across;
  context.fillRect(0, 0, width, height);
  context.fillStyle = "#ffd400";
  context.beginPath();
  context.ellipse(width * 0.35, height * 0.3, width / 6, height / 8, 0.4, 0, 7);
  context.fill();
  context.fillStyle = "#102";
  for (let i = 0; i < 12; i++)
    context.fillRect(width * (0.45 + i / 30), height * 0.5, width / 90, height / 3);
  return canvas;
}

/** The picture as a file. */
export function encode(canvas: OffscreenCanvas, type: "image/png" | "image/jpeg"): Promise<Blob> {
  return canvas.convertToBlob({ type, quality: 0.95 });
}

/** Where a stored picture of w x h goes when it is shown by its EXIF orientation, 1 to 8. */
const TURNS: ((w: number, h: number) => [number, number, number, number, number, number])[] = [
  () => [1, 0, 0, 1, 0, 0],
  (w) => [-1, 0, 0, 1, w, 0],
  (w, h) => [-1, 0, 0, -1, w, h],
  (_, h) => [1, 0, 0, -1, 0, h],
  () => [0, 1, 1, 0, 0, 0],
  (_, h) => [0, 1, -1, 0, h, 0],
  (w, h) => [0, -1, -1, 0, h, w],
  (w) => [0, -1, 1, 0, 0, w],
];

/** A JPEG that is stored turned, with the EXIF orientation that turns it upright again. */
export async function turned(upright: OffscreenCanvas, orientation: number): Promise<Blob> {
  const turn = TURNS[orientation - 1];
  if (turn === undefined) throw new Error(`there is no orientation ${orientation}`);
  const swapped = orientation > 4;
  const width = swapped ? upright.height : upright.width;
  const height = swapped ? upright.width : upright.height;
  const stored = new OffscreenCanvas(width, height);
  const context = contextOf(stored);
  context.setTransform(new DOMMatrix(turn(width, height)).inverse());
  context.drawImage(upright, 0, 0);
  const jpeg = await encode(stored, "image/jpeg");
  // APP1: "Exif", a little-endian TIFF header, one directory with one entry: orientation (0x0112), a short.
  const tiff = [
    0x49,
    0x49,
    42,
    0,
    8,
    0,
    0,
    0,
    1,
    0,
    0x12,
    1,
    3,
    0,
    1,
    0,
    0,
    0,
    orientation,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
  ];
  const body = [...new TextEncoder().encode("Exif\0\0"), ...tiff];
  const app1 = new Uint8Array([0xff, 0xe1, 0, body.length + 2, ...body]);
  return new Blob([jpeg.slice(0, 2), app1, jpeg.slice(2)], { type: "image/jpeg" });
}

/** A video that shows one picture. */
export async function video(canvas: OffscreenCanvas): Promise<HTMLVideoElement> {
  const shown = document.createElement("canvas");
  shown.width = canvas.width;
  shown.height = canvas.height;
  const element = document.createElement("video");
  element.muted = true;
  const stream = shown.captureStream();
  element.srcObject = stream;
  const first = new Promise((resolve) => element.requestVideoFrameCallback(resolve));
  // Drawn after capturing began: a frame is sent when the canvas changes.
  shown.getContext("2d")?.drawImage(canvas, 0, 0);
  await element.play();
  await first;
  return element;
}

/** Frames of a video as decoders give them, each with the picture that it shows. */
export function frames(): Record<string, { frame: VideoFrame; shown: OffscreenCanvas }> {
  const [width, height] = [320, 180];
  const picture = draw(width, height);
  const pixels = contextOf(picture).getImageData(0, 0, width, height);
  // TypeScript does not know of rotation and flip.
  const frameOf = (data: BufferSource, format: VideoPixelFormat, more: object = {}) =>
    new VideoFrame(data, { format, codedWidth: width, codedHeight: height, timestamp: 0, ...more });
  const canvasOf = (
    wide: number,
    tall: number,
    paint: (context: OffscreenCanvasRenderingContext2D) => void,
  ) => {
    const canvas = new OffscreenCanvas(wide, tall);
    paint(contextOf(canvas));
    return canvas;
  };
  const turned = (rotation: number, flip = false) => ({
    frame: frameOf(pixels.data, "RGBA", { rotation, flip }),
    shown: canvasOf(
      ...((rotation % 180 === 0 ? [width, height] : [height, width]) as [number, number]),
      (context) => {
        const { canvas } = context;
        context.translate(canvas.width / 2, canvas.height / 2);
        context.scale(flip ? -1 : 1, 1);
        context.rotate((rotation * Math.PI) / 180);
        context.drawImage(picture, -width / 2, -height / 2);
      },
    ),
  });
  const part = { x: 40, y: 20, width: 200, height: 120 };
  const grey = contextOf(
    canvasOf(width, height, (context) => {
      context.filter = "grayscale(1)";
      context.drawImage(picture, 0, 0);
    }),
  ).getImageData(0, 0, width, height);
  const luma = Uint8Array.from({ length: width * height }, (_, i) =>
    Math.round(16 + (219 / 255) * (grey.data[4 * i] ?? 0)),
  );
  const inYuv = new Uint8Array((luma.length * 3) / 2).fill(128);
  inYuv.set(luma);
  const shownGrey = canvasOf(width, height, (context) => context.putImageData(grey, 0, 0));
  return {
    "from a canvas": { frame: new VideoFrame(picture, { timestamp: 0 }), shown: picture },
    RGBA: turned(0),
    "turned by 90": turned(90),
    "turned by 180": turned(180),
    "turned by 270": turned(270),
    flipped: turned(0, true),
    "turned by 90 and flipped": turned(90, true),
    "a part of it": {
      frame: frameOf(pixels.data, "RGBA", { visibleRect: part }),
      shown: canvasOf(part.width, part.height, (context) => context.drawImage(picture, -part.x, -part.y)),
    },
    "pixels that are not square": {
      frame: frameOf(pixels.data, "RGBA", { displayWidth: 2 * width, displayHeight: height }),
      shown: canvasOf(2 * width, height, (context) => context.drawImage(picture, 0, 0, 2 * width, height)),
    },
    // Chroma is 128 throughout, so that both orders of the planes are the same bytes.
    I420: { frame: frameOf(inYuv, "I420"), shown: shownGrey },
    NV12: { frame: frameOf(inYuv, "NV12"), shown: shownGrey },
  };
}

/** The largest and the mean difference of two network inputs or embeddings. */
export function differ(a: Float32Array, b: Float32Array): { most: number; mean: number } {
  if (a.length !== b.length || a.length === 0) throw new Error(`lengths ${a.length} and ${b.length}`);
  const all = a.map((value, i) => Math.abs(value - (b[i] ?? Number.NaN)));
  return {
    most: all.reduce((most, value) => Math.max(value, most), 0),
    mean: all.reduce((sum, value) => sum + value, 0) / all.length,
  };
}

function contextOf(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("there is no 2d canvas");
  return context;
}
