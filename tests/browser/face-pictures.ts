/** Pictures of faces that nobody has as a file, made of photos in the browser. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { Page } from "@playwright/test";

interface PictureFile {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

/** The photo at a quarter of its size, in the middle of a grey picture: a face of some 20 pixels. */
export async function pngOfTiny(page: Page, path: string): Promise<PictureFile> {
  const url = `data:image/jpeg;base64,${readFileSync(path).toString("base64")}`;
  const png = await page.evaluate(async (url) => {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.width, image.height];
    const context = canvas.getContext("2d");
    if (context === null) throw new Error("there is no 2d canvas");
    context.fillStyle = "#7f7f7f";
    context.fillRect(0, 0, canvas.width, canvas.height);
    const [width, height] = [image.width / 4, image.height / 4];
    context.imageSmoothingQuality = "high";
    context.drawImage(image, 1.5 * width, 1.5 * height, width, height);
    return canvas.toDataURL("image/png").split(",")[1] ?? "";
  }, url);
  return {
    name: `tiny-${basename(path, ".jpg")}.png`,
    mimeType: "image/png",
    buffer: Buffer.from(png, "base64"),
  };
}
