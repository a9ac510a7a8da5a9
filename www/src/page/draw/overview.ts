/**
 * All methods at a glance: the class that most of them name, large, and a line for each method with its answer.
 * A line leads to the method's card.
 */
import type { MethodId, Readings } from "../../lab-types.ts";
import { accentAt, paint } from "../accents.ts";
import { make, makeIcon, setText } from "../dom.ts";
import { inkPicture } from "./ink.ts";
import { METHODS } from "./methods.ts";
import { percent } from "./numbers.ts";
import type { Shot } from "./task.ts";
import { drawWords } from "./words.ts";

/** What is asked about, and what is known of it. */
export interface Asked {
  readings: Readings;
  /** The class of a sample drawing; null for one that the user drew. */
  truth: number | null;
  /** The shots that were read, in their order; the support set may have changed since. */
  shots: readonly Shot[];
}

// As for the camera's answer: told when it has stayed the same for a moment.
const SETTLED_MS = 600;

interface Line {
  row: HTMLLIElement;
  name: HTMLElement;
  key: HTMLElement;
  fill: HTMLElement;
  value: HTMLElement;
  mark: HTMLElement;
}

export class Overview {
  readonly element = make("section", "overview");
  readonly #answer = make("p", "verdict-answer");
  readonly #votes = make("p", "verdict-votes number");
  readonly #truth = make("p", "verdict-truth");
  readonly #list = make("ol", "overview-list");
  readonly #announcer = make("p", "unseen");
  readonly #lines = new Map<MethodId, Line>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(onPick: (method: MethodId) => void) {
    this.#announcer.setAttribute("role", "status");
    for (const { id } of METHODS) {
      const line = makeLine(() => onPick(id));
      this.#lines.set(id, line);
      this.#list.append(line.row);
    }
    this.element.append(
      make("div", "verdict", this.#answer, make("div", "verdict-says", this.#votes, this.#truth)),
      this.#list,
      this.#announcer,
    );
  }

  /** Shows what the methods say, or `prompt` where there is nothing to say. */
  update(asked: Asked | null, prompt: string): void {
    const says = drawWords();
    this.element.setAttribute("aria-label", says.answers);
    for (const [id, line] of this.#lines) setText(line.name, says.method[id].name);
    this.#list.classList.toggle("idle", asked === null);
    if (asked === null) {
      this.element.dataset.answer = "";
      this.#answer.className = "verdict-answer prompt";
      this.#answer.replaceChildren(prompt);
      paint(this.element, null);
      setText(this.#votes, "");
      setText(this.#truth, "");
      this.#truth.dataset.right = "";
      for (const line of this.#lines.values()) clearLine(line);
      return;
    }
    const { readings, truth, shots } = asked;
    const answers = new Map(
      readings.readings.map((one) => [one.method, answerOf(readings, one.probabilities)]),
    );
    const winner = mostNamed([...answers.values()]);
    this.#showVerdict(winner, answers.size, truth, shots);
    for (const [id, line] of this.#lines) {
      const answer = answers.get(id);
      line.row.hidden = answer === undefined;
      if (answer === undefined) continue;
      paint(line.row, accentAt(answer.classId));
      setText(line.key, String(answer.classId + 1));
      line.key.hidden = false;
      line.fill.style.transform = `scaleX(${answer.probability.toFixed(4)})`;
      setText(line.value, percent(answer.probability));
      showMark(line.mark, truth === null ? null : truth === answer.classId);
    }
  }

  #showVerdict(winner: Vote, all: number, truth: number | null, shots: readonly Shot[]): void {
    const says = drawWords();
    const shot = shots.find(({ classId }) => classId === winner.classId);
    const key = make("span", "key number", String(winner.classId + 1));
    paint(this.element, accentAt(winner.classId));
    this.element.dataset.answer = String(winner.classId + 1);
    this.#answer.className = "verdict-answer";
    this.#answer.replaceChildren(key, ...(shot === undefined ? [] : [inkPicture(shot.ink)]));
    setText(this.#votes, says.voteSays(winner.votes, all));
    const right = truth === winner.classId;
    const verdict = right ? says.right : says.wrong;
    setText(this.#truth, truth === null ? says.truthHidden : `${says.truth(truth + 1)}: ${verdict}`);
    this.#truth.dataset.right = truth === null ? "" : String(right);
    const text = says.announce(winner.classId + 1, winner.votes, all);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => setText(this.#announcer, text), SETTLED_MS);
  }
}

/** What a method answers: the class with the highest probability. */
export function answerOf(
  { classIds }: Readings,
  probabilities: readonly number[],
): { classId: number; probability: number } {
  const probability = Math.max(...probabilities);
  return { classId: classIds[probabilities.indexOf(probability)] ?? 0, probability };
}

interface Vote {
  classId: number;
  votes: number;
}

/** The class that most methods name; where two are named as often, the one that they are surer of. */
function mostNamed(answers: { classId: number; probability: number }[]): Vote {
  const sums = new Map<number, { votes: number; sure: number }>();
  for (const { classId, probability } of answers) {
    const sum = sums.get(classId) ?? { votes: 0, sure: 0 };
    sums.set(classId, { votes: sum.votes + 1, sure: sum.sure + probability });
  }
  const ranked = [...sums].sort(([, a], [, b]) => b.votes - a.votes || b.sure - a.sure);
  const [classId, { votes }] = ranked[0] ?? [0, { votes: 0 }];
  return { classId, votes };
}

/** Right, wrong, or nothing; in words for those who cannot see the sign. */
export function showMark(mark: HTMLElement, right: boolean | null): void {
  const says = drawWords();
  mark.dataset.right = right === null ? "" : String(right);
  if (right === null) mark.replaceChildren();
  else
    mark.replaceChildren(
      makeIcon(right ? "check" : "close"),
      make("span", "unseen", right ? says.right : says.wrong),
    );
}

function makeLine(pick: () => void): Line {
  const name = make("span", "line-name");
  const key = make("span", "key number");
  const fill = make("span", "bar-fill");
  const value = make("span", "line-value number");
  const mark = make("span", "mark");
  const button = make("button", "line", name, key, make("span", "bar-track", fill), value, mark);
  button.type = "button";
  button.addEventListener("click", pick);
  return { row: make("li", "", button), name, key, fill, value, mark };
}

function clearLine(line: Line): void {
  line.row.hidden = false;
  paint(line.row, null);
  line.key.hidden = true;
  line.fill.style.transform = "scaleX(0)";
  setText(line.value, "");
  line.mark.replaceChildren();
}
