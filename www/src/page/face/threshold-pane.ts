/**
 * The threshold and what it costs: the slider right under the two histograms, on the same axis, and the two rates in
 * words, beside the answer; all thresholds at once, further down. The rates are those of the scores that ship with the
 * app (`scores()`); nothing is computed here.
 */
import type { FaceThreshold, ScoreDistribution } from "../../face-types.ts";
import { make, setText } from "../dom.ts";
import { onLanguage } from "../language.ts";
import { DetCurve } from "./det.ts";
import { Histogram } from "./histogram.ts";
import { faceWords, sayCosine, sayCount, sayRate, sayTimes } from "./words.ts";
import type { FaceWork } from "./work.ts";

const STEP = 0.001;

export class ThresholdPane {
  /** Beside the answer. */
  readonly element = make("div", "face-hills");
  /** Further down. */
  readonly more = make("section", "face-box");
  readonly #work: FaceWork;
  readonly #title = make("h2", "face-heading");
  readonly #intro = make("p", "fine");
  readonly #hillsTitle = make("h3", "face-chart-title");
  readonly #slider = make("input");
  readonly #value = make("output", "number");
  readonly #label = make("label", "face-threshold-label");
  readonly #labelSays = make("span");
  readonly #auto = make("button", "chip");
  readonly #lower = make("span");
  readonly #higher = make("span");
  readonly #rates = make("dl", "face-rates");
  readonly #accept = makeRate();
  readonly #reject = makeRate();
  readonly #curve = make("div", "face-curve");
  readonly #curveTitle = make("h3", "face-chart-title");
  readonly #curveSays = make("p", "fine");
  readonly #source = make("p", "fine");
  #charts: { histogram: Histogram; det: DetCurve; scores: ScoreDistribution } | null = null;

  constructor(work: FaceWork) {
    this.#work = work;
    this.element.hidden = this.more.hidden = true;
    this.#slider.type = "range";
    this.#slider.id = "face-threshold";
    this.#slider.step = String(STEP);
    this.#slider.addEventListener("input", () => work.setThreshold(this.#slider.valueAsNumber));
    this.#label.htmlFor = this.#slider.id;
    this.#label.append(this.#labelSays, " ", this.#value);
    this.#auto.type = "button";
    this.#auto.addEventListener("click", () => work.setThreshold("auto"));
    this.#rates.append(this.#accept.element, this.#reject.element);
    const ends = make("p", "face-ends fine", this.#lower, this.#higher);
    const head = make("div", "face-threshold-head", this.#label, this.#auto);
    this.element.append(this.#hillsTitle, this.#slider, ends, head, this.#rates);
    this.#curve.append(this.#curveTitle, this.#curveSays);
    this.more.append(this.#title, this.#intro, this.#curve, this.#source);
    work.events.on("change", () => this.#show());
    work.events.on("seen", () => this.#show());
    onLanguage(() => this.#show());
  }

  /** Takes the scores that ship with the app. */
  use(scores: ScoreDistribution): void {
    this.#charts?.histogram.element.remove();
    this.#charts?.det.element.remove();
    const [histogram, det] = [new Histogram(scores), new DetCurve(scores)];
    this.#charts = { histogram, det, scores };
    [this.#slider.min, this.#slider.max] = histogram.range.map(String) as [string, string];
    this.#slider.before(histogram.element);
    this.#curveSays.before(det.element);
    this.element.hidden = this.more.hidden = false;
    this.#show();
  }

  #show(): void {
    const threshold = this.#work.faces?.threshold;
    if (this.#charts === null || threshold === undefined) return;
    const says = faceWords();
    const { histogram, det, scores } = this.#charts;
    const { seen } = this.#work;
    const similarity = seen?.verdict?.similarity ?? seen?.recognition?.scores[0]?.similarity ?? null;
    histogram.update(threshold, similarity);
    det.update(threshold);
    this.more.setAttribute("aria-label", says.costs);
    setText(this.#title, says.costs);
    setText(this.#intro, says.costsSay);
    setText(this.#hillsTitle, says.histogram);
    setText(this.#labelSays, says.threshold);
    setText(this.#lower, `← ${says.lower}`);
    setText(this.#higher, `${says.higher} →`);
    setText(this.#auto, says.thresholdAuto);
    setText(this.#curveTitle, says.det);
    setText(this.#curveSays, says.detSays);
    this.#showRates(threshold, scores);
    const { set, people, pictures, genuinePairs, impostorPairs } = scores;
    const counts = [people, pictures, genuinePairs, impostorPairs].map(sayCount);
    setText(this.#source, says.measuredOn(set, ...(counts as [string, string, string, string])));
  }

  #showRates(threshold: FaceThreshold, { genuinePairs, impostorPairs }: ScoreDistribution): void {
    const says = faceWords();
    const [accept, reject] = [sayRate(threshold.falseAccept), sayRate(threshold.falseReject)];
    const value = sayCosine(threshold.threshold);
    setText(this.#value, value);
    if (document.activeElement !== this.#slider || threshold.auto)
      this.#slider.value = String(threshold.threshold);
    this.#slider.setAttribute("aria-valuetext", says.thresholdText(value, accept, reject));
    this.#auto.setAttribute("aria-pressed", String(threshold.auto));
    this.#accept.show(
      says.falseAccept,
      accept,
      says.falseAcceptSays(sayTimes(threshold.falseAccept, impostorPairs)),
    );
    this.#reject.show(
      says.falseReject,
      reject,
      says.falseRejectSays(sayTimes(threshold.falseReject, genuinePairs)),
    );
  }
}

function makeRate(): { element: HTMLElement; show(name: string, rate: string, words: string): void } {
  const [name, rate, words] = [make("dt"), make("dd", "face-rate number"), make("dd", "fine")];
  const element = make("div", "face-rate-box", name, rate, words);
  return {
    element,
    show(nameText, rateText, wordsText) {
      setText(name, nameText);
      setText(rate, rateText);
      setText(words, wordsText);
    },
  };
}
