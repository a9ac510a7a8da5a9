/** Imagined examples on a plane, with the shots they were made from, the prototypes and the query. */
import type { PlanePoint } from "../../lab-types.ts";
import { accentAt, paint } from "../accents.ts";
import { make } from "../dom.ts";
import { drawWords } from "./words.ts";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 240;
const HEIGHT = 150;
const MARGIN = 14;
/** More points than this are drawn smaller. */
const CROWDED = 120;

/** Draws the points; the engine found the plane. */
export function drawPlane(points: readonly PlanePoint[], classIds: readonly number[]): HTMLElement {
  const says = drawWords();
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute("class", points.length > CROWDED ? "plane crowded" : "plane");
  svg.setAttribute("role", "img");
  const count = (kind: PlanePoint["kind"]) => points.filter((point) => point.kind === kind).length;
  svg.setAttribute("aria-label", says.planeLabel(count("shot"), count("imagined")));
  // What lies over what: many small ones below, the query on top.
  for (const kind of ["imagined", "shot", "prototype", "query"] as const)
    for (const point of points) if (point.kind === kind) svg.append(drawPoint(point, classIds));
  const legend = make(
    "ul",
    "plane-legend fine",
    ...(["shot", "imagined", "prototype", "query"] as const).map((kind) => {
      const sign = document.createElementNS(SVG, "svg");
      sign.setAttribute("viewBox", "-9 -9 18 18");
      sign.setAttribute("aria-hidden", "true");
      sign.append(signOf(kind, ""));
      return make("li", "", sign, says.legend[kind]);
    }),
  );
  return make("div", "plane-box", svg, legend);
}

function drawPoint({ kind, place, x, y }: PlanePoint, classIds: readonly number[]): SVGGElement {
  const classId = place === null ? null : (classIds[place] ?? 0);
  const group = signOf(kind, classId === null ? "" : String(classId + 1));
  const across = WIDTH / 2 + x * (WIDTH / 2 - MARGIN);
  const down = HEIGHT / 2 - y * (HEIGHT / 2 - MARGIN);
  group.setAttribute("transform", `translate(${across.toFixed(1)} ${down.toFixed(1)})`);
  if (classId !== null) paint(group as unknown as HTMLElement, accentAt(classId));
  return group;
}

function signOf(kind: PlanePoint["kind"], text: string): SVGGElement {
  const group = document.createElementNS(SVG, "g");
  group.setAttribute("class", `sign ${kind}`);
  if (kind === "query") {
    for (const name of ["halo", "cross"]) {
      const cross = document.createElementNS(SVG, "path");
      cross.setAttribute("class", name);
      cross.setAttribute("d", "M-7 0H7M0 -7V7");
      group.append(cross);
    }
    return group;
  }
  const circle = document.createElementNS(SVG, "circle");
  circle.setAttribute("r", { shot: "4", imagined: "2.6", prototype: "7.5" }[kind]);
  group.append(circle);
  if (kind === "prototype" && text !== "") {
    const label = document.createElementNS(SVG, "text");
    label.textContent = text;
    group.append(label);
  }
  return group;
}
