/**
 * Turns the head on a photo: the face is laid over a paraboloid of a head's proportions with a nose on it, which is
 * turned about the middle of the head. Good for some 25 degrees; what lies beside the head stays where it is.
 */

/** A head on a photo and how to turn it. */
export interface Head {
  /** Middles of the eyes in pixels of the photo, the one on the left of the picture first. */
  eyes: [[x: number, y: number], [x: number, y: number]];
  /** Degrees; above 0 to the person's own left, the right of the picture. */
  yaw: number;
  /** Degrees; above 0 up. */
  pitch: number;
  /** Whether it wears glasses with a dark frame, which turn with it. */
  glasses?: boolean;
}

/** Runs in the browser; gives the photo with the head turned, as a data URL. */
export async function turnHead({ url, head }: { url: string; head: Head }): Promise<string> {
  const image = new Image();
  image.src = url;
  await image.decode();
  const { width, height } = image;
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("there is no 2d canvas");
  context.drawImage(image, 0, 0);
  const [[x1, y1], [x2, y2]] = head.eyes;
  if (head.glasses) {
    const apart = Math.hypot(x2 - x1, y2 - y1);
    context.strokeStyle = "#1b1510";
    context.fillStyle = "rgb(60 70 90 / 0.25)";
    context.lineWidth = 0.09 * apart;
    for (const [x, y] of head.eyes) {
      context.beginPath();
      context.roundRect(x - 0.4 * apart, y - 0.28 * apart, 0.8 * apart, 0.6 * apart, 0.15 * apart);
      context.fill();
      context.stroke();
    }
  }
  const from = context.getImageData(0, 0, width, height);
  const to = context.createImageData(width, height);
  // Lengths in centimetres; eyes are 6.3 apart, and the middle of the face lies 4 under them.
  const scale = Math.hypot(x2 - x1, y2 - y1) / 6.3;
  const [middleX, middleY] = [(x1 + x2) / 2, (y1 + y2) / 2 + 4 * scale];
  const [yaw, pitch] = [head.yaw, head.pitch].map((degrees) => (degrees * Math.PI) / 180);
  const moved = (x: number, y: number): [number, number] => {
    const [across, down] = [(x - middleX) / scale, (y - middleY) / scale];
    const r = (across / 9.5) ** 2 + (down / 13) ** 2;
    const nose = 2.2 * Math.exp(-((across / 1.8) ** 2 + ((down + 0.3) / 2) ** 2));
    const depth = 10 * Math.max(0, 1 - r) + nose;
    const hold = Math.max(0, 1 - r / 2.5);
    return [
      scale * (depth * Math.sin(yaw ?? 0) + hold * across * (Math.cos(yaw ?? 0) - 1)),
      scale * (-depth * Math.sin(pitch ?? 0) + hold * down * (Math.cos(pitch ?? 0) - 1)),
    ];
  };
  const sample = (x: number, y: number, channel: number) => {
    const [left, top] = [Math.floor(x), Math.floor(y)];
    const at = (px: number, py: number) => {
      const [cx, cy] = [Math.min(Math.max(px, 0), width - 1), Math.min(Math.max(py, 0), height - 1)];
      return from.data[4 * (cy * width + cx) + channel] ?? 0;
    };
    const [a, b] = [x - left, y - top];
    const upper = at(left, top) * (1 - a) + at(left + 1, top) * a;
    return upper * (1 - b) + (at(left, top + 1) * (1 - a) + at(left + 1, top + 1) * a) * b;
  };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      // Where the pixel came from: the shift is smooth enough for a few fixed-point steps.
      let [sx, sy] = [x, y];
      for (let step = 0; step < 12; step++) {
        const [dx, dy] = moved(sx, sy);
        [sx, sy] = [x - dx, y - dy];
      }
      const place = 4 * (y * width + x);
      for (let channel = 0; channel < 3; channel++) to.data[place + channel] = sample(sx, sy, channel);
      to.data[place + 3] = 255;
    }
  }
  context.putImageData(to, 0, 0);
  return canvas.toDataURL("image/png");
}
