/**
 * Drawings as vector pictures: sharp at any size, and in the colour of the text round them, so that light
 * and dark need nothing more.
 */

import type { Ink } from "../../lab-types.ts";
import { INK_SIDE } from "../../lab-types.ts";

const SVG = "http://www.w3.org/2000/svg";
const paths = new WeakMap<Ink, string>();

/** A picture of a drawing; `label` is for those who cannot see it, and null where words stand beside it. */
export function inkPicture(ink: Ink, label: string | null = null): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${INK_SIDE} ${INK_SIDE}`);
  svg.setAttribute("class", "ink");
  svg.setAttribute("shape-rendering", "crispEdges");
  if (label === null) svg.setAttribute("aria-hidden", "true");
  else {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
  }
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", pathOf(ink));
  svg.append(path);
  return svg;
}

/** One rectangle a run of ink. */
function pathOf(ink: Ink): string {
  const known = paths.get(ink);
  if (known !== undefined) return known;
  let path = "";
  for (let y = 0; y < INK_SIDE; y++) {
    for (let x = 0; x < INK_SIDE; x++) {
      if (ink[y * INK_SIDE + x] !== 1) continue;
      const from = x;
      while (x < INK_SIDE && ink[y * INK_SIDE + x] === 1) x++;
      path += `M${from} ${y}h${x - from}v1h${from - x}z`;
    }
  }
  paths.set(ink, path);
  return path;
}
