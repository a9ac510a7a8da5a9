/** Pictures of faces that nobody has as a file, put together of photos in the browser. */
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";

interface PictureFile {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

/** A photo and where it lies, in pixels; `size` is its share of its own size. */
export interface Placed {
  path: string;
  left: number;
  top: number;
  size: number;
}

const WIDTH = 640;
const HEIGHT = 480;

/** Photos on a grey picture of 640 x 480, or one of another colour. */
export async function collage(
  page: Page,
  name: string,
  photos: readonly Placed[],
  ground = "#7f7f7f",
): Promise<PictureFile> {
  const parts = photos.map(({ path, ...place }) => ({
    url: `data:image/jpeg;base64,${readFileSync(path).toString("base64")}`,
    ...place,
  }));
  const png = await page.evaluate(
    async ({ parts, ground, width, height }) => {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [width, height];
      const context = canvas.getContext("2d");
      if (context === null) throw new Error("there is no 2d canvas");
      context.fillStyle = ground;
      context.fillRect(0, 0, width, height);
      context.imageSmoothingQuality = "high";
      for (const { url, left, top, size } of parts) {
        const image = new Image();
        image.src = url;
        await image.decode();
        context.drawImage(image, left, top, image.width * size, image.height * size);
      }
      return canvas.toDataURL("image/png").split(",")[1] ?? "";
    },
    { parts, ground, width: WIDTH, height: HEIGHT },
  );
  return { name: `${name}.png`, mimeType: "image/png", buffer: Buffer.from(png, "base64") };
}

/** One face of some 20 pixels. */
export function tinyFace(page: Page, path: string): Promise<PictureFile> {
  return collage(page, "tiny", [{ path, left: 280, top: 200, size: 0.24 }]);
}

/** A room without light. */
export function darkness(page: Page): Promise<PictureFile> {
  return collage(page, "darkness", [], "#040404");
}

/** Forty small faces in rows. */
export function fortyFaces(page: Page, path: string): Promise<PictureFile> {
  const photos = Array.from({ length: 40 }, (_, i) => ({
    path,
    left: (i % 8) * 80,
    top: Math.floor(i / 8) * 96 + 15,
    size: 0.26,
  }));
  return collage(page, "forty", photos);
}

/** A large face, and a smaller one of somebody else. */
export function twoFaces(page: Page, large: string, small: string): Promise<PictureFile> {
  return collage(page, "two", [
    { path: large, left: 0, top: 60, size: 1.4 },
    { path: small, left: 430, top: 150, size: 0.7 },
  ]);
}
