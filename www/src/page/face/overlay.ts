/**
 * What is drawn over the picture: the box and six points of the face that is used, thinner boxes round the others,
 * and the ring while someone is enrolled. It takes the places as the engine gives them and does no arithmetic on
 * faces but to smooth where the ring stands.
 */
import type { FoundFace, Look } from "../../face-types.ts";
import { makeSvg } from "../dom.ts";
import { drawRing, placeRing, type RingPlace, reachOf } from "./ring.ts";
import type { Seen } from "./work.ts";

/** How much of the way to the face the ring goes with each frame: less would lag, more would tremble. */
const FOLLOW = 0.4;

export class Overlay {
  readonly element = makeSvg("svg", { class: "face-overlay", "aria-hidden": "true" });
  #ring: RingPlace | null = null;

  /** Shows what was seen; null clears it. */
  update(seen: Seen | null): void {
    if (seen === null) {
      this.element.replaceChildren();
      this.#ring = null;
      return;
    }
    const { look, step } = seen;
    this.element.setAttribute("viewBox", `0 0 ${look.width} ${look.height}`);
    this.element.style.setProperty("--line", String(Math.max(look.width, look.height) / 320));
    const [first, ...others] = look.faces;
    const drawn: SVGElement[] = others.map((face) => drawBox(face, look, "face-other"));
    if (first !== undefined) {
      if (step === null) drawn.push(drawBox(first, look, "face-found"));
      drawn.push(...drawPoints(first, look));
    }
    if (step !== null) {
      const ring = drawRing(step.enrolment, step.at);
      placeRing(ring, inside(this.#follow(first, look), reachOf(step.enrolment.passes), look));
      drawn.push(ring);
    }
    this.element.replaceChildren(...drawn);
  }

  #follow(face: FoundFace | undefined, look: Look): RingPlace {
    const { width, height } = look;
    const before = this.#ring;
    if (face === undefined) return before ?? { x: width / 2, y: height / 2, size: height / 3 };
    const { box } = face;
    const now = {
      x: (box.left + box.width / 2) * width,
      // The box ends above the forehead; the middle of the head is a little higher.
      y: (box.top + box.height * 0.42) * height,
      size: box.width * width,
    };
    const part = before === null ? 1 : FOLLOW;
    const from = before ?? now;
    this.#ring = {
      x: from.x + part * (now.x - from.x),
      y: from.y + part * (now.y - from.y),
      size: from.size + part * (now.size - from.size),
    };
    return this.#ring;
  }
}

/** The ring as large as it is and where it is, but whole inside the picture: a face from near is larger than that. */
function inside({ x, y, size }: RingPlace, reach: number, { width, height }: Look): RingPlace {
  const radius = Math.min(reach * size, width / 2, height / 2);
  const within = (at: number, length: number) => Math.min(Math.max(at, radius), length - radius);
  return { x: within(x, width), y: within(y, height), size: radius / reach };
}

function drawBox({ box }: FoundFace, { width, height }: Look, name: string): SVGElement {
  return makeSvg("rect", {
    class: name,
    x: box.left * width,
    y: box.top * height,
    width: box.width * width,
    height: box.height * height,
    rx: 0.06 * box.width * width,
  });
}

function drawPoints({ keypoints }: FoundFace, { width, height }: Look): SVGElement[] {
  const radius = Math.max(width, height) / 160;
  return keypoints.map(([x, y]) =>
    makeSvg("circle", { class: "face-point", cx: x * width, cy: y * height, r: radius }),
  );
}
