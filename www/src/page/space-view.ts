/**
 * The space: every shot as a dot, every prototype as a numbered ring, the query as a cross. Drawn on a
 * canvas, because thousands of dots as elements would make the page slow; the engine does the projection.
 */
import type { SpacePoint } from "../types.ts";
import { accentOf } from "./accents.ts";
import type { App } from "./app.ts";
import { find, setLabel } from "./dom.ts";
import { onLanguage, words } from "./language.ts";
import { soon } from "./soon.ts";

// The eye follows the cross at this rate, and the frame loop keeps the engine.
const INTERVAL_MS = 250;
const PHONE = "(max-width: 700px)";

/** Starts the view. */
export function startSpaceView(app: App): void {
  const details = find<HTMLDetailsElement>("space");
  const canvas = find<HTMLCanvasElement>("space-canvas");
  let points: SpacePoint[] = [];

  const draw = () => drawSpace(canvas, points, app);
  const askSoon = soon(INTERVAL_MS, async () => {
    if (!details.open || document.hidden || app.ready === null) return;
    try {
      points = await app.ready.space();
      draw();
    } catch {
      // The engine is being rebuilt; the next answer asks again.
    }
  });

  if (matchMedia(PHONE).matches) details.open = false;
  details.addEventListener("toggle", askSoon);
  new ResizeObserver(draw).observe(canvas);
  for (const event of ["answer", "support", "settings"] as const) app.events.on(event, askSoon);
  app.events.on("theme", draw);
  onLanguage(draw);
}

function drawSpace(canvas: HTMLCanvasElement, points: readonly SpacePoint[], app: App): void {
  const { width, height } = canvas.getBoundingClientRect();
  const context = canvas.getContext("2d");
  if (context === null || width === 0) return;
  const scale = devicePixelRatio;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  context.scale(scale, scale);
  const style = getComputedStyle(canvas);
  const colours = new Map<string, string>();
  // A canvas knows no light-dark(): what it says of the theme in use is read from a property that is a colour.
  const colourOf = (token: string) => {
    const known = colours.get(token);
    if (known !== undefined) return known;
    canvas.style.color = `var(${token})`;
    const colour = style.color;
    colours.set(token, colour);
    return colour;
  };
  const classes = app.engine?.support.classes ?? [];
  const place = new Map(classes.map(({ id }, i) => [id, i + 1]));
  const off = new Set(classes.filter(({ enabled }) => !enabled).map(({ id }) => id));
  const at = ({ x, y }: SpacePoint): [number, number] => {
    const side = Math.min(width, height) / 2 - 18;
    return [width / 2 + x * side, height / 2 - y * side];
  };
  const accent = (point: SpacePoint) =>
    point.classId === null ? colourOf("--ink") : colourOf(`--accent-${accentOf(point.classId, []).colour}`);
  const one = (kind: SpacePoint["kind"]) => points.filter((point) => point.kind === kind);

  setLabel(canvas, words().spaceLabel(classes.length, one("shot").length));
  if (points.length === 0) {
    context.fillStyle = colourOf("--ink-soft");
    context.font = `${parseFloat(style.fontSize)}px ${style.fontFamily}`;
    context.textAlign = "center";
    context.fillText(words().spaceEmpty, width / 2, height / 2);
    return;
  }
  for (const point of one("shot")) {
    context.globalAlpha = off.has(point.classId ?? -1) ? 0.25 : 0.75;
    context.fillStyle = accent(point);
    context.beginPath();
    context.arc(...at(point), 3.5, 0, 2 * Math.PI);
    context.fill();
  }
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.font = `600 12px ${style.fontFamily}`;
  for (const point of one("prototype")) {
    context.globalAlpha = 1;
    context.fillStyle = colourOf("--surface");
    context.strokeStyle = accent(point);
    context.lineWidth = 2.5;
    context.beginPath();
    context.arc(...at(point), 10, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
    const [x, y] = at(point);
    context.fillStyle = colourOf("--ink");
    context.fillText(String(place.get(point.classId ?? -1) ?? ""), x, y + 0.5);
  }
  for (const point of one("query")) {
    const [x, y] = at(point);
    context.globalAlpha = 1;
    for (const [colour, thick] of [
      [colourOf("--surface"), 6],
      [colourOf("--ink"), 2.5],
    ] as const) {
      context.strokeStyle = colour;
      context.lineWidth = thick;
      context.beginPath();
      context.moveTo(x - 9, y);
      context.lineTo(x + 9, y);
      context.moveTo(x, y - 9);
      context.lineTo(x, y + 9);
      context.stroke();
    }
  }
}
