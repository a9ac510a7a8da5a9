/** A card for each method: what it answers, its scores, what it looked at, how it works and where that was published. */
import type { MethodId, Reading } from "../../lab-types.ts";
import { accentAt, paint } from "../accents.ts";
import { make, setText } from "../dom.ts";
import { lookedAt, titleOf } from "./looked-at.ts";
import { METHODS, type MethodFacts } from "./methods.ts";
import { change, percent } from "./numbers.ts";
import type { Moved } from "./order.ts";
import { type Asked, answerOf, showMark } from "./overview.ts";
import { drawWords } from "./words.ts";

interface Card {
  facts: MethodFacts;
  element: HTMLElement;
  family: HTMLElement;
  name: HTMLElement;
  answer: HTMLElement;
  mark: HTMLElement;
  says: HTMLElement;
  paper: HTMLAnchorElement;
  moved: HTMLElement;
  body: HTMLElement;
}

export class MethodCards {
  readonly element = make("section", "methods");
  readonly #title = make("h2", "draw-heading");
  readonly #cards: readonly Card[];

  constructor() {
    this.#cards = METHODS.map(makeCard);
    this.element.append(
      this.#title,
      make("div", "method-grid", ...this.#cards.map(({ element }) => element)),
    );
  }

  /** Shows what each method says; `moved` is what another order of the shots has just changed. */
  update(asked: Asked | null, moved: ReadonlyMap<MethodId, Moved> | null): void {
    const all = drawWords();
    setText(this.#title, all.methods);
    for (const card of this.#cards) {
      const { facts } = card;
      setText(card.family, all.family[facts.family]);
      setText(card.name, all.method[facts.id].name);
      setText(card.says, all.method[facts.id].says);
      setText(card.paper, `${all.paper}: ${facts.paper.by}`);
      const reading = asked?.readings.readings.find(({ method }) => method === facts.id);
      card.element.classList.toggle("idle", reading === undefined);
      card.element.hidden = asked !== null && reading === undefined;
      showMoved(card, moved?.get(facts.id));
      if (asked === null || reading === undefined) {
        paint(card.element, null);
        card.answer.replaceChildren();
        card.mark.replaceChildren();
        card.body.replaceChildren();
      } else {
        showReading(card, reading, asked);
      }
    }
  }

  /** Brings a method's card into sight and marks it for a moment. */
  show(method: MethodId): void {
    const card = this.#cards.find(({ facts }) => facts.id === method);
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    card?.element.scrollIntoView({ block: "center", behavior: still ? "instant" : "smooth" });
    card?.element.focus({ preventScroll: true });
  }
}

function showReading(card: Card, reading: Reading, { readings, truth, shots }: Asked): void {
  const all = drawWords();
  const { classId } = answerOf(readings, reading.probabilities);
  const key = make("span", "key number", String(classId + 1));
  key.setAttribute("aria-label", all.says(classId + 1));
  key.setAttribute("role", "img");
  paint(card.element, accentAt(classId));
  card.answer.replaceChildren(key);
  showMark(card.mark, truth === null ? null : truth === classId);
  const looked = make("h4", "looked-title", titleOf(reading.attended));
  card.body.replaceChildren(
    columns(reading.probabilities, readings.classIds),
    looked,
    lookedAt(reading.attended, { shots, readings }),
  );
}

/** A column for each class, in its place, so that cards can be compared by eye. */
function columns(probabilities: readonly number[], classIds: readonly number[]): HTMLElement {
  const all = drawWords();
  const most = Math.max(...probabilities);
  const items = probabilities.map((probability, place) => {
    const classId = classIds[place] ?? 0;
    const fill = make("span", "column-fill");
    fill.style.transform = `scaleY(${probability.toFixed(4)})`;
    const best = probability === most;
    const value = make("span", "column-value number", best ? percent(probability) : "");
    const column = make("div", best ? "column best" : "column", value, make("span", "column-track", fill));
    column.append(make("span", "column-name number", String(classId + 1)));
    column.title = all.classProbability(classId + 1, percent(probability));
    paint(column, accentAt(classId));
    return column;
  });
  const chart = make("div", classIds.length > 10 ? "columns many" : "columns", ...items);
  chart.setAttribute("role", "img");
  const told = probabilities.map((p, place) => all.classProbability((classIds[place] ?? 0) + 1, percent(p)));
  chart.setAttribute("aria-label", `${all.probability}: ${told.join(", ")}`);
  return chart;
}

function showMoved({ moved: element, facts }: Card, moved: Moved | undefined): void {
  const all = drawWords();
  element.hidden = moved === undefined;
  if (moved === undefined) {
    setText(element, "");
    return;
  }
  element.dataset.moved = String(moved.moved);
  const still = facts.readsOrder ? all.unmoved : all.same;
  setText(element, moved.moved ? all.moved(change(moved.by)) : still);
}

function makeCard(facts: MethodFacts): Card {
  const family = make("p", "method-family");
  const name = make("h3", "method-name");
  const answer = make("span", "method-answer");
  const mark = make("span", "mark");
  const says = make("p", "method-says");
  const paper = make("a", "method-paper");
  paper.href = facts.paper.url;
  paper.target = "_blank";
  paper.rel = "noopener";
  const moved = make("p", "method-moved number");
  const body = make("div", "method-body");
  const head = make("header", "method-head", make("div", "", family, name), mark, answer);
  const foot = make("div", "method-foot", says, paper, moved);
  const element = make("section", "method-card", head, foot, body);
  element.tabIndex = -1;
  element.id = `method-${facts.id}`;
  name.id = `method-${facts.id}-name`;
  element.setAttribute("aria-labelledby", name.id);
  return { facts, element, family, name, answer, mark, says, paper, moved, body };
}
