/** In recognition, everyone's similarity as a bar, with the threshold across: the most alike first. */
import { accentAt, paint } from "../accents.ts";
import { make, setText } from "../dom.ts";
import { faceWords, sayCosine } from "./words.ts";
import type { FaceWork } from "./work.ts";

/** Further people are alike enough to nobody. */
const SHOWN = 6;

export class Scores {
  readonly element = make("ol", "bars face-scores");
  readonly #work: FaceWork;

  constructor(work: FaceWork) {
    this.#work = work;
  }

  update(): void {
    const { mode, seen, task } = this.#work;
    const recognition = task === "answer" && mode === "recognise" ? (seen?.recognition ?? null) : null;
    this.element.hidden = recognition === null;
    if (recognition === null) return;
    this.element.setAttribute("aria-label", faceWords().scores);
    const low = this.#work.scores?.low ?? 0;
    // As on the histogram: what lies left of it does not happen.
    const share = (cosine: number) => Math.min(Math.max((cosine - low) / (1 - low), 0), 1);
    this.element.style.setProperty("--threshold", share(recognition.threshold).toFixed(4));
    const scores = recognition.scores.slice(0, SHOWN);
    while (this.element.children.length > scores.length) this.element.lastElementChild?.remove();
    while (this.element.children.length < scores.length) this.element.append(makeRow());
    for (const [i, { personId, name, similarity }] of scores.entries()) {
      const row = this.element.children[i] as HTMLElement;
      const [label, track, value] = row.children;
      if (label === undefined || track === undefined || value === undefined) continue;
      paint(row, accentAt(personId));
      row.classList.toggle("best", personId === recognition.best);
      setText(label, name);
      setText(value, sayCosine(similarity));
      const fill = track.firstElementChild as HTMLElement;
      fill.style.transform = `scaleX(${share(similarity).toFixed(4)})`;
    }
  }
}

function makeRow(): HTMLLIElement {
  const track = make("span", "bar-track", make("span", "bar-fill"));
  return make("li", "bar-row", make("span", "bar-name"), track, make("span", "bar-value number"));
}
