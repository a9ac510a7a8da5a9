/**
 * What a method looked at, drawn: a line of distances, weights on the shots' thumbnails, a plane, the slots of
 * a memory. Each is told in words too.
 */
import type { Attended, Readings } from "../../lab-types.ts";
import { accentAt, paint } from "../accents.ts";
import { make } from "../dom.ts";
import { inkPicture } from "./ink.ts";
import { digits, percent } from "./numbers.ts";
import { drawPlane } from "./plane.ts";
import type { Shot } from "./task.ts";
import { drawWords } from "./words.ts";

/** What the numbers of an `Attended` are about. */
export interface Context {
  /** Shots in the order in which they were read. */
  shots: readonly Shot[];
  readings: Readings;
}

/** Thumbnails shown, at most; the rest is counted. */
const MOST_SHOTS = 24;
/** Memory slots that are named, at most. */
const MOST_SLOTS = 3;
/** Keys nearer to each other than this share of the line would overlap. */
const KEY_GAP = 0.085;
/** Rows of keys above the line, at most. */
const MOST_LANES = 6;

/** Which of the headings fits. */
export function titleOf(attended: Attended): string {
  const { looked } = drawWords();
  return attended.kind === "shots" ? looked[attended.measure] : looked[attended.kind];
}

/** The picture of it. */
export function lookedAt(attended: Attended, context: Context): HTMLElement {
  switch (attended.kind) {
    case "prototypes":
      return drawLine(attended.distances, context, "distance");
    case "relations":
      return drawLine(attended.scores, context, "score");
    case "shots":
      return drawShots(attended.weights, attended.measure, context);
    case "imagined":
      return drawPlane(attended.points, context.readings.classIds);
    case "memory":
      return drawMemory(attended, context);
    case "nothing":
      return make("p", "fine", drawWords().nothingToSee);
  }
}

/** Classes as numbered marks on a line: the nearest, or the one with the highest score, stands left. */
function drawLine(values: readonly number[], { readings }: Context, what: "distance" | "score"): HTMLElement {
  const says = drawWords();
  const distance = what === "distance";
  const most = distance ? Math.max(...values, Number.MIN_VALUE) : 1;
  const marks = values
    .map((value, place) => ({
      value,
      classId: readings.classIds[place] ?? 0,
      at: distance ? value / most : 1 - value,
    }))
    .sort((a, b) => a.at - b.at);
  const lanes: number[] = [];
  const items = marks.map(({ value, classId, at }) => {
    const free = lanes.findIndex((last) => at - last >= KEY_GAP);
    // Where even that is not enough, keys overlap: in the lane whose last key is furthest.
    const emptiest = lanes.indexOf(Math.min(...lanes));
    const lane = free >= 0 ? free : lanes.length < MOST_LANES ? lanes.length : emptiest;
    lanes[lane] = at;
    const key = make("span", "key number", String(classId + 1));
    const item = make("li", "line-mark", key, make("span", "unseen", `: ${digits(value)}`));
    item.title = `${says.classN(classId + 1)}: ${digits(value)}`;
    item.style.setProperty("--at", Math.min(Math.max(at, 0), 1).toFixed(4));
    item.style.setProperty("--lane", String(lane));
    paint(item, accentAt(classId));
    return item;
  });
  const list = make("ul", "line-marks", ...items);
  list.style.setProperty("--lanes", String(lanes.length));
  const [low, high] = distance ? [`${says.near} 0`, `${says.far} ${digits(most)}`] : ["1", "0"];
  return make(
    "div",
    "distance-line",
    list,
    make("p", "line-axis number", make("span", "", low), make("span", "", high)),
  );
}

/** Every shot with its weight under it, in the order in which they were read. */
function drawShots(
  weights: readonly number[],
  measure: "attention" | "similarity",
  { shots }: Context,
): HTMLElement {
  const says = drawWords();
  const most = Math.max(...weights);
  const least = measure === "attention" ? 0 : Math.min(...weights, most - Number.EPSILON);
  const say = (weight: number) => (measure === "attention" ? percent(weight) : digits(weight));
  const ranked = weights.map((weight, i) => ({ weight, i })).sort((a, b) => b.weight - a.weight);
  const shown = new Set(ranked.slice(0, MOST_SHOTS).map(({ i }) => i));
  const items = weights.flatMap((weight, i) => {
    const shot = shots[i];
    if (shot === undefined || !shown.has(i)) return [];
    const fill = make("span", "weight-fill");
    const share = most > least ? (weight - least) / (most - least) : 1;
    fill.style.transform = `scaleX(${Math.max(share, 0).toFixed(4)})`;
    const top = i === ranked[0]?.i;
    const text = make("span", top ? "weight-value number" : "unseen", say(weight));
    const item = make(
      "li",
      top ? "weight top" : "weight",
      inkPicture(shot.ink),
      make("span", "weight-track", fill),
      text,
    );
    item.title = says.weight(say(weight), shot.classId + 1);
    item.append(make("span", "unseen", `, ${says.classN(shot.classId + 1)}`));
    paint(item, accentAt(shot.classId));
    return [item];
  });
  const list = make("ul", "weights", ...items);
  if (shots.length > 12) list.classList.add("small");
  const rest = ranked.slice(MOST_SHOTS);
  if (rest.length > 0) {
    const sum = rest.reduce((total, { weight }) => total + weight, 0);
    const text = measure === "attention" ? says.restOfShots(rest.length, percent(sum)) : `+${rest.length}`;
    list.append(make("li", "weight-rest number", text));
  }
  return list;
}

/** Every slot as a cell, as full as it was read, in the colour of who wrote it; and the fullest by name. */
function drawMemory(
  { reads, writtenBy }: Extract<Attended, { kind: "memory" }>,
  { shots }: Context,
): HTMLElement {
  const says = drawWords();
  const most = Math.max(...reads, Number.MIN_VALUE);
  const writer = (slot: number) => {
    const shot = writtenBy[slot];
    return shot == null ? undefined : shots[shot];
  };
  const cells = reads.map((read, slot) => {
    const cell = make("span", "slot");
    const shot = writer(slot);
    cell.style.setProperty("--read", (read / most).toFixed(3));
    if (shot !== undefined) paint(cell, accentAt(shot.classId));
    return cell;
  });
  const grid = make("div", "slots", ...cells);
  grid.setAttribute("aria-hidden", "true");
  const ranked = reads.map((read, slot) => ({ read, slot })).sort((a, b) => b.read - a.read);
  const named = ranked.slice(0, MOST_SLOTS).map(({ read, slot }) => {
    const shot = writer(slot);
    const by = shot === undefined ? says.neverWritten : says.writtenBy(shot.classId + 1);
    const item = make(
      "li",
      "slot-read",
      ...(shot === undefined ? [] : [inkPicture(shot.ink)]),
      make("span", "slot-share number", percent(read)),
      make("span", "fine", `${says.slot(slot + 1)}, ${by}`),
    );
    paint(item, shot === undefined ? null : accentAt(shot.classId));
    return item;
  });
  const rest = ranked.slice(MOST_SLOTS).reduce((sum, { read }) => sum + read, 0);
  const others = make(
    "li",
    "fine number",
    says.otherSlots(Math.max(0, reads.length - MOST_SLOTS), percent(rest)),
  );
  return make("div", "memory", grid, make("ul", "slot-reads", ...named, others));
}
