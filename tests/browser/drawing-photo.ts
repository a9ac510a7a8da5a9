/** Photos of drawings, made in the page: a pen on paper in uneven light, with the grain of a camera. */
import type { Page } from "@playwright/test";
import type { Stroke } from "./draw-page.ts";

const SIDE = 900;

/** A PNG of the strokes, as a photo of them would be. */
export async function drawingPhoto(page: Page, strokes: Stroke[]): Promise<Buffer> {
  const base64 = await page.evaluate(
    async ({ strokes, side }) => {
      const canvas = new OffscreenCanvas(side, side);
      const context = canvas.getContext("2d");
      if (context === null) throw new Error("there is no 2d canvas");
      const light = context.createLinearGradient(0, 0, side, side * 0.6);
      light.addColorStop(0, "#77705f");
      light.addColorStop(1, "#ece6d8");
      context.fillStyle = light;
      context.fillRect(0, 0, side, side);
      context.strokeStyle = "rgb(25 30 70 / 75%)";
      context.lineWidth = 18;
      context.lineCap = context.lineJoin = "round";
      for (const stroke of strokes) {
        context.beginPath();
        for (const [x, y] of stroke) context.lineTo(side * (0.2 + 0.5 * x), side * (0.3 + 0.5 * y));
        context.stroke();
      }
      const picture = context.getImageData(0, 0, side, side);
      let random = 1;
      for (let i = 0; i < picture.data.length; i += 4) {
        random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
        const grain = (random / 2 ** 32 - 0.5) * 30;
        for (const channel of [0, 1, 2]) picture.data[i + channel] = (picture.data[i + channel] ?? 0) + grain;
      }
      context.putImageData(picture, 0, 0);
      const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
      return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
    },
    { strokes, side: SIDE },
  );
  return Buffer.from(base64, "base64");
}
