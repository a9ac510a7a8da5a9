/**
 * The detection error trade-off: false reject rate against false accept rate for every threshold, on logarithmic
 * axes, with the working point and the point of equal errors (Martin et al., The DET curve, Eurospeech 1997; there
 * the axes are normal deviates, here logarithms, which need no explaining).
 */
import type { FaceThreshold, Rates, ScoreDistribution } from "../../face-types.ts";
import { makeSvg, setText } from "../dom.ts";
import { faceWords, sayRate } from "./words.ts";

const SIZE = 300;
const LEFT = 54;
const BOTTOM = 44;
const RIGHT = 14;
const TOP = 12;
/** Rates below this are drawn at the edge: one in ten thousand. */
const LEAST = 1e-4;
const TICKS = [1e-4, 1e-3, 1e-2, 1e-1, 1];

export class DetCurve {
  readonly element = makeSvg("svg", {
    class: "face-chart face-det",
    viewBox: `0 0 ${SIZE} ${SIZE}`,
    role: "img",
  });
  readonly #scores: ScoreDistribution;
  readonly #point = makeSvg("circle", { class: "det-point", r: 7 });
  readonly #acrossLine = makeSvg("path", { class: "det-lines" });
  readonly #axes = {
    accept: makeSvg("text", {
      class: "chart-label",
      x: (LEFT + SIZE - RIGHT) / 2,
      y: SIZE - 6,
      "text-anchor": "middle",
    }),
    reject: makeSvg("text", {
      class: "chart-label",
      transform: `translate(13 ${(TOP + SIZE - BOTTOM) / 2}) rotate(-90)`,
      "text-anchor": "middle",
    }),
  };
  readonly #equal = makeSvg("text", { class: "chart-tick" });

  constructor(scores: ScoreDistribution) {
    this.#scores = scores;
    this.#drawGrid();
    const points = scores.rates.map((rates) =>
      place(rates)
        .map((n) => n.toFixed(1))
        .join(" "),
    );
    const equal = place({ falseAccept: scores.equalErrorRate, falseReject: scores.equalErrorRate });
    this.#equal.setAttribute("x", String(equal[0] + 12));
    this.#equal.setAttribute("y", String(equal[1] + 4));
    this.element.append(
      makeSvg("path", { class: "det-diagonal", d: `M${LEFT} ${SIZE - BOTTOM}L${SIZE - RIGHT} ${TOP}` }),
      makeSvg("path", { class: "det-curve", d: `M${points.join("L")}` }),
      makeSvg("circle", { class: "det-equal", cx: equal[0], cy: equal[1], r: 4 }),
      this.#equal,
      this.#acrossLine,
      this.#point,
      this.#axes.accept,
      this.#axes.reject,
    );
  }

  update(threshold: FaceThreshold): void {
    const says = faceWords();
    const [x, y] = place(threshold).map((n) => n.toFixed(1));
    this.#point.setAttribute("cx", x ?? "0");
    this.#point.setAttribute("cy", y ?? "0");
    this.#acrossLine.setAttribute("d", `M${LEFT} ${y}H${x}V${SIZE - BOTTOM}`);
    setText(this.#axes.accept, says.axisAccept);
    setText(this.#axes.reject, says.axisReject);
    const equal = sayRate(this.#scores.equalErrorRate);
    setText(this.#equal, says.equal(equal));
    const { falseAccept, falseReject } = threshold;
    this.element.setAttribute("aria-label", says.detLabel(sayRate(falseAccept), sayRate(falseReject), equal));
  }

  #drawGrid(): void {
    for (const rate of TICKS) {
      const [x, y] = place({ falseAccept: rate, falseReject: rate });
      this.element.append(
        makeSvg("path", {
          class: "chart-grid",
          d: `M${x} ${TOP}V${SIZE - BOTTOM}M${LEFT} ${y}H${SIZE - RIGHT}`,
        }),
        makeSvg(
          "text",
          { class: "chart-tick", x, y: SIZE - BOTTOM + 15, "text-anchor": "middle" },
          `${rate * 100} %`,
        ),
        makeSvg(
          "text",
          { class: "chart-tick", x: LEFT - 6, y: y + 4, "text-anchor": "end" },
          `${rate * 100} %`,
        ),
      );
    }
  }
}

/** Where a pair of rates lies. */
function place({ falseAccept, falseReject }: Rates): [x: number, y: number] {
  const part = (rate: number) => Math.log10(Math.max(rate, LEAST) / LEAST) / Math.log10(1 / LEAST);
  return [
    LEFT + part(falseAccept) * (SIZE - LEFT - RIGHT),
    SIZE - BOTTOM - part(falseReject) * (SIZE - BOTTOM - TOP),
  ];
}
