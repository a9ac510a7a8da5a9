/**
 * The ring of an enrolment as SVG: eight arcs round the face, one circle of them a pass, and the line of the face
 * itself for the shot from straight ahead. It lies over the picture as the network sees it; whoever mirrors the
 * picture mirrors the ring with it, so that a head turned left fills what lies on the left of a mirror.
 */
import type { Enrolment } from "../../face-types.ts";
import { makeSvg } from "../dom.ts";

/** What is free between two arcs, in degrees. */
const GAP = 7;
/** Radii in widths of the face box: outside the hair, whose outline is about 0.75 from the middle. */
const FACE = 0.78;
const FIRST = 0.95;
const NEXT = 0.13;
const WIDTH = 0.085;

/** How far the ring of so many passes reaches from its middle, in widths of the face box. */
export function reachOf(passes: number): number {
  return FIRST + (passes - 1) * NEXT + WIDTH / 2;
}

/** Where the ring lies, in pixels of the picture. */
export interface RingPlace {
  x: number;
  y: number;
  /** Width of the face box. */
  size: number;
}

/** Draws the ring of an enrolment; `at` is the segment that the head points at. */
export function drawRing({ segments, passes, wanted }: Enrolment, at: number | null): SVGGElement {
  const ring = makeSvg("g", { class: "face-ring" });
  const [centre, ...arcs] = segments;
  for (let pass = 1; pass <= passes; pass++) {
    if (centre !== undefined && pass === passes) {
      const state = stateOf(centre.filled >= passes, wanted === 0, at === 0);
      ring.append(makeSvg("circle", { class: `face-arc ${state}`, r: FACE, "stroke-width": WIDTH / 2 }));
    }
    const radius = FIRST + (pass - 1) * NEXT;
    for (const [i, { filled }] of arcs.entries()) {
      const state = stateOf(filled >= pass, wanted === i + 1 && filled === pass - 1, at === i + 1);
      const d = arcPath(radius, i * 45);
      ring.append(makeSvg("path", { class: `face-arc ${state}`, d, "stroke-width": WIDTH }));
    }
  }
  return ring;
}

/** Moves the ring to a face; `turn` is the lean of the head, which the ring does not follow. */
export function placeRing(ring: SVGGElement, { x, y, size }: RingPlace): void {
  ring.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)}) scale(${size.toFixed(2)})`);
}

function stateOf(filled: boolean, wanted: boolean, at: boolean): string {
  return `${filled ? "filled" : "empty"}${wanted ? " wanted" : ""}${at ? " at" : ""}`;
}

/** An arc of 45 degrees round `middle`, in degrees clockwise from the top of a mirror. */
function arcPath(radius: number, middle: number): string {
  const half = 22.5 - GAP / 2;
  const point = (degrees: number) => {
    const angle = (degrees * Math.PI) / 180;
    // The picture is the mirror's other way round.
    return `${(-radius * Math.sin(angle)).toFixed(3)} ${(-radius * Math.cos(angle)).toFixed(3)}`;
  };
  return `M${point(middle - half)}A${radius} ${radius} 0 0 0 ${point(middle + half)}`;
}
