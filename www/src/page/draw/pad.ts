/**
 * The drawing pad: mouse, pen, touch, and the keyboard. It keeps strokes as points and shows them; the ink
 * that the methods see is made of its picture by the engine (frame/drawing.rs), not here.
 */
import { Events } from "../../events.ts";
import type { Ink } from "../../lab-types.ts";
import { make, setLabel } from "../dom.ts";
import { inkPicture } from "./ink.ts";
import { type DrawWords, drawWords } from "./words.ts";

/** A point of a stroke, 0 to 1 from the top left. */
type Point = [x: number, y: number];

/** Strokes in the order they were drawn. */
export type Strokes = readonly (readonly Point[])[];

interface PadEvents {
  /** A stroke ended, was taken back, or all were. */
  change: undefined;
}

/** Side of the picture that goes to the engine, in pixels: the engine looks at 448 (drawing.rs). */
const PICTURE_SIDE = 448;
/** Width of the pen as a part of the pad: Omniglot's two pixels of 28, rounded. */
const PEN = 0.06;
/** How far an arrow key moves the pen; with Shift, further. */
const STEP = 1 / 28;
const LONG_STEP = 4 / 28;

export class Pad {
  readonly element = make("div", "pad");
  readonly events = new Events<PadEvents>();
  readonly #canvas = make("canvas", "pad-canvas");
  readonly #shown = make("div", "pad-shown");
  readonly #hint = make("p", "pad-hint");
  readonly #cursor = make("span", "pad-cursor");
  readonly #status = make("p", "unseen");
  readonly #words: () => DrawWords;
  #strokes: Point[][] = [];
  /** The stroke under way, with the pointer that draws it; the keyboard has pointer -1. */
  #current: { pointer: number; points: Point[] } | null = null;
  #pen: Point = [0.5, 0.5];
  #picture: Ink | null = null;

  constructor(words: () => DrawWords = drawWords) {
    this.#words = words;
    this.#canvas.tabIndex = 0;
    this.#canvas.setAttribute("role", "img");
    this.#cursor.hidden = true;
    this.#status.setAttribute("role", "status");
    this.element.append(this.#canvas, this.#shown, this.#hint, this.#cursor, this.#status);
    this.#canvas.addEventListener("pointerdown", (event) => this.#onDown(event));
    this.#canvas.addEventListener("pointermove", (event) => this.#onMove(event));
    this.#canvas.addEventListener("pointerup", (event) => this.#onUp(event));
    this.#canvas.addEventListener("pointercancel", (event) => this.#onCancel(event));
    this.#canvas.addEventListener("keydown", (event) => this.#onKey(event));
    this.#canvas.addEventListener("blur", () => {
      this.#cursor.hidden = true;
      if (this.#current?.pointer === -1) this.#finish();
    });
    new ResizeObserver(() => this.#render()).observe(this.#canvas);
    this.say();
  }

  /** To be called when the language changes. */
  say(): void {
    setLabel(this.#canvas, this.#words().padKeys);
    this.#canvas.removeAttribute("title");
    this.#hint.textContent = this.#words().padHint;
  }

  get strokes(): Strokes {
    return this.#strokes;
  }

  /** Whether there is a drawing of the user's own to see. */
  get drawn(): boolean {
    return this.#picture === null && this.#strokes.length > 0;
  }

  /** Puts strokes in the place of those there are, without `change`. */
  restore(strokes: Strokes): void {
    this.#strokes = strokes.map((stroke) => [...stroke]);
    this.#current = null;
    this.#render();
  }

  /** Shows a drawing that was not drawn here, or none; the next stroke takes its place. */
  show(ink: Ink | null): void {
    this.#picture = ink;
    this.#shown.replaceChildren(...(ink === null ? [] : [inkPicture(ink)]));
    this.#render();
  }

  undo(): void {
    if (this.#strokes.pop() !== undefined) this.#changed();
  }

  clear(): void {
    this.#strokes = [];
    this.#current = null;
    this.show(null);
    this.#changed();
  }

  /** The picture of the strokes, black on white, whatever the theme. */
  picture(): OffscreenCanvas {
    const canvas = new OffscreenCanvas(PICTURE_SIDE, PICTURE_SIDE);
    const context = canvas.getContext("2d");
    if (context !== null) {
      context.fillStyle = "#ffffff";
      context.fillRect(0, 0, PICTURE_SIDE, PICTURE_SIDE);
      drawStrokes(context, this.#strokes, PICTURE_SIDE, "#000000");
    }
    return canvas;
  }

  #onDown(event: PointerEvent): void {
    if (event.button !== 0 || this.#current !== null) return;
    event.preventDefault();
    this.#canvas.focus({ preventScroll: true });
    this.#canvas.setPointerCapture(event.pointerId);
    this.#begin(event.pointerId, this.#at(event));
  }

  #onMove(event: PointerEvent): void {
    if (this.#current?.pointer !== event.pointerId) return;
    // A pen tells its place more often than the screen is drawn.
    const events = event.getCoalescedEvents?.() ?? [];
    for (const one of events.length > 0 ? events : [event]) this.#current.points.push(this.#at(one));
    this.#render();
  }

  #onUp(event: PointerEvent): void {
    if (this.#current?.pointer === event.pointerId) this.#finish();
  }

  /** The system took the pointer away, to scroll or to zoom: it was no stroke. */
  #onCancel(event: PointerEvent): void {
    if (this.#current?.pointer !== event.pointerId) return;
    this.#current = null;
    this.#render();
  }

  #onKey(event: KeyboardEvent): void {
    const step = event.shiftKey ? LONG_STEP : STEP;
    const move = {
      ArrowLeft: [-step, 0],
      ArrowRight: [step, 0],
      ArrowUp: [0, -step],
      ArrowDown: [0, step],
    }[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " ") {
      event.preventDefault();
      if (event.repeat) return;
      const down = this.#current === null;
      if (down) this.#begin(-1, this.#pen);
      else if (this.#current?.pointer === -1) this.#finish();
      this.#status.textContent = down ? this.#words().penDown : this.#words().penUp;
    } else if (move !== undefined) {
      event.preventDefault();
      const [dx = 0, dy = 0] = move;
      const [x, y] = this.#pen;
      this.#pen = [Math.min(Math.max(x + dx, 0), 1), Math.min(Math.max(y + dy, 0), 1)];
      if (this.#current?.pointer === -1) this.#current.points.push(this.#pen);
    } else return;
    this.#cursor.hidden = false;
    this.#render();
  }

  #begin(pointer: number, point: Point): void {
    if (this.#picture !== null) {
      this.#strokes = [];
      this.show(null);
    }
    this.#current = { pointer, points: [point] };
    this.#render();
  }

  #finish(): void {
    if (this.#current === null) return;
    this.#strokes.push(this.#current.points);
    this.#current = null;
    this.#changed();
  }

  #changed(): void {
    this.#render();
    this.events.emit("change", undefined);
  }

  #at(event: PointerEvent): Point {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    this.#cursor.hidden = true;
    return [(event.clientX - left) / width, (event.clientY - top) / height];
  }

  #render(): void {
    const { width } = this.#canvas.getBoundingClientRect();
    const context = this.#canvas.getContext("2d");
    const all = this.#current === null ? this.#strokes : [...this.#strokes, this.#current.points];
    this.#hint.hidden = all.length > 0 || this.#picture !== null;
    const [x, y] = this.#pen;
    this.#cursor.style.left = `${x * 100}%`;
    this.#cursor.style.top = `${y * 100}%`;
    this.#cursor.classList.toggle("down", this.#current?.pointer === -1);
    if (context === null || width === 0) return;
    this.#canvas.width = this.#canvas.height = Math.round(width * devicePixelRatio);
    if (this.#picture !== null) return;
    const ink = getComputedStyle(this.#canvas).color;
    drawStrokes(context, all, this.#canvas.width, ink);
  }

  /** Draws again in the colours of now. */
  redraw(): void {
    this.#render();
  }
}

function drawStrokes(
  context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
  strokes: Strokes,
  side: number,
  colour: string,
): void {
  context.strokeStyle = colour;
  context.lineWidth = PEN * side;
  context.lineCap = context.lineJoin = "round";
  for (const stroke of strokes) {
    const [first] = stroke;
    if (first === undefined) continue;
    context.beginPath();
    context.moveTo(first[0] * side, first[1] * side);
    // A line of length nothing is a dot, by its round caps.
    for (const [x, y] of stroke.length > 1 ? stroke : [first]) context.lineTo(x * side, y * side);
    context.stroke();
  }
}
