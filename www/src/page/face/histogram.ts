/**
 * Genuine and impostor pairs as two histograms over similarity, as SVG: told apart by pattern and label, not by
 * colour alone. The threshold stands in it, what it gets wrong is filled, and a mark says where this face lies.
 */
import type { FaceThreshold, ScoreDistribution } from "../../face-types.ts";
import { makeSvg, setText } from "../dom.ts";
import { faceWords, sayCosine, sayRate } from "./words.ts";

const WIDTH = 380;
const HEIGHT = 176;
/** Above it, one line for the mark of this face and one for the names of the hills. */
const TOP = 44;
const BOTTOM = 26;
const BASE = HEIGHT - BOTTOM;

type Kind = "genuine" | "impostor";

export class Histogram {
  readonly element = makeSvg("svg", {
    class: "face-chart face-histogram",
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    role: "img",
  });
  readonly #scores: ScoreDistribution;
  readonly #wrong: Record<Kind, SVGPathElement>;
  readonly #labels: Record<Kind, SVGTextElement>;
  readonly #line = makeSvg("line", { class: "chart-threshold", y1: TOP, y2: BASE });
  readonly #now = makeSvg("g", { class: "chart-now" });
  readonly #nowSays = makeSvg("text", { y: 11, "text-anchor": "middle" });

  constructor(scores: ScoreDistribution) {
    this.#scores = scores;
    this.element.append(makePattern());
    const parts = { genuine: this.#draw("genuine"), impostor: this.#draw("impostor") };
    this.#wrong = { genuine: parts.genuine.wrong, impostor: parts.impostor.wrong };
    this.#labels = { genuine: parts.genuine.label, impostor: parts.impostor.label };
    this.#drawAxis();
    this.#now.append(makeSvg("path", { d: "M-5 15H5L0 22Z" }), this.#nowSays);
    this.#now.append(makeSvg("line", { y1: 22, y2: BASE }));
    this.element.append(this.#line, this.#now, this.#labels.impostor, this.#labels.genuine);
  }

  /** Least and most similarity on the axis. */
  get range(): [number, number] {
    const { low, step, genuine } = this.#scores;
    return [low, low + step * genuine.length];
  }

  /** Shows the threshold, and where the face that was seen lies. */
  update(threshold: FaceThreshold, similarity: number | null): void {
    const says = faceWords();
    const x = this.#at(threshold.threshold);
    this.#line.setAttribute("x1", x.toFixed(1));
    this.#line.setAttribute("x2", x.toFixed(1));
    this.#wrong.genuine.setAttribute("d", this.#area("genuine", this.range[0], threshold.threshold));
    this.#wrong.impostor.setAttribute("d", this.#area("impostor", threshold.threshold, this.range[1]));
    for (const kind of ["genuine", "impostor"] as const) setText(this.#labels[kind], says[kind]);
    this.#now.style.display = similarity === null ? "none" : "";
    if (similarity !== null) {
      this.#now.setAttribute("transform", `translate(${this.#at(similarity).toFixed(1)} 0)`);
      setText(this.#nowSays, says.now);
    }
    const rates = [sayRate(threshold.falseAccept), sayRate(threshold.falseReject)] as const;
    this.element.setAttribute("aria-label", says.histogramLabel(sayCosine(threshold.threshold), ...rates));
  }

  #draw(kind: Kind): { wrong: SVGPathElement; label: SVGTextElement } {
    const [low, high] = this.range;
    const hill = makeSvg("path", { class: `hill ${kind}`, d: this.#area(kind, low, high) });
    const wrong = makeSvg("path", { class: `hill wrong ${kind}` });
    const counts = this.#scores[kind];
    const peak = counts.indexOf(Math.max(...counts));
    const x = this.#at(low + (peak + 0.5) * this.#scores.step);
    const label = makeSvg("text", {
      class: "chart-label",
      x: Math.min(Math.max(x, 40), WIDTH - 40).toFixed(1),
      y: TOP - 8,
      "text-anchor": "middle",
    });
    this.element.append(hill, wrong);
    return { wrong, label };
  }

  /** The outline of the bins between two similarities; each hill has its own height, for there are far more impostors. */
  #area(kind: Kind, from: number, to: number): string {
    const { low, step } = this.#scores;
    const counts = this.#scores[kind];
    const most = Math.max(...counts, 1);
    let path = "";
    let last = 0;
    for (const [i, count] of counts.entries()) {
      const left = Math.max(low + i * step, from);
      const right = Math.min(low + (i + 1) * step, to);
      if (right <= left) continue;
      const [x1, x2] = [this.#at(left).toFixed(1), this.#at(right).toFixed(1)];
      const y = (BASE - (count / most) * (BASE - TOP - 4)).toFixed(1);
      path += `${path === "" ? `M${x1} ${BASE}` : ""}V${y}H${x2}`;
      last = right;
    }
    return path === "" ? "" : `${path}V${BASE}H${this.#at(Math.max(last, from)).toFixed(1)}Z`;
  }

  #at(similarity: number): number {
    const [low, high] = this.range;
    return (Math.min(Math.max((similarity - low) / (high - low), 0), 1) * WIDTH) as number;
  }

  #drawAxis(): void {
    const [low, high] = this.range;
    this.element.append(makeSvg("line", { class: "chart-axis", x1: 0, x2: WIDTH, y1: BASE, y2: BASE }));
    // Round steps that leave room for their numbers.
    const step = [0.05, 0.1, 0.2, 0.5].find((one) => (high - low) / one <= 7) ?? 0.5;
    for (let value = Math.ceil(low / step + 0.01) * step; value < high - step / 4; value += step) {
      const x = this.#at(value).toFixed(1);
      this.element.append(
        makeSvg("line", { class: "chart-axis", x1: x, x2: x, y1: BASE, y2: BASE + 5 }),
        makeSvg("text", { class: "chart-tick", x, y: HEIGHT - 5, "text-anchor": "middle" }, sayTick(value)),
      );
    }
  }
}

function sayTick(value: number): string {
  const text = Math.abs(value).toFixed(2).replace(/0$/, "");
  return value < -1e-9 ? `−${text}` : text;
}

/** Stripes for the impostors. */
function makePattern(): SVGElement {
  const stripes = makeSvg("pattern", {
    id: "face-stripes",
    width: 5,
    height: 5,
    patternUnits: "userSpaceOnUse",
    patternTransform: "rotate(45)",
  });
  stripes.append(makeSvg("rect", { class: "stripe", width: 2.2, height: 5 }));
  return makeSvg("defs", {}, stripes);
}
