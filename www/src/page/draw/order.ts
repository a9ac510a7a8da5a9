/** What another order of the same shots changed: who moved, who changed their answer, and why the others cannot. */
import type { MethodId, Readings } from "../../lab-types.ts";
import { make, setText } from "../dom.ts";
import { METHODS } from "./methods.ts";
import { answerOf } from "./overview.ts";
import { drawWords } from "./words.ts";

/** What a shuffle did to a method. */
export interface Moved {
  moved: boolean;
  /** The largest change of a probability. */
  by: number;
  /** Whether the answer is another. */
  otherAnswer: boolean;
}

// What rounding may add up to; native and browser agree to the same (tests/browser/draw.spec.ts).
const ROUNDING = 1e-4;

/** Compares what the methods said of one query before and after. */
export function compareOrders(before: Readings, after: Readings): Map<MethodId, Moved> {
  const moved = new Map<MethodId, Moved>();
  for (const { method, probabilities } of after.readings) {
    const was = before.readings.find((one) => one.method === method)?.probabilities;
    if (was === undefined || was.length !== probabilities.length) continue;
    const by = Math.max(...probabilities.map((p, i) => Math.abs(p - (was[i] ?? 0))));
    const otherAnswer = answerOf(before, was).classId !== answerOf(after, probabilities).classId;
    moved.set(method, { moved: by > ROUNDING, by, otherAnswer });
  }
  return moved;
}

/** The sentence about it. */
export class OrderView {
  readonly element = make("div", "order-told");
  readonly #title = make("h3", "draw-title");
  readonly #text = make("p");
  readonly #why = make("p", "fine");

  constructor() {
    this.element.setAttribute("role", "status");
    this.element.append(this.#title, this.#text, this.#why);
    this.element.hidden = true;
  }

  /** `null` while no shuffle is on show, and an empty map where nothing was asked about. */
  update(moved: ReadonlyMap<MethodId, Moved> | null): void {
    this.element.hidden = moved === null;
    if (moved === null) return;
    const says = drawWords();
    setText(this.#title, says.orderTitle);
    if (moved.size === 0) {
      setText(this.#text, says.orderNoQuery);
      setText(this.#why, "");
      return;
    }
    const name = (id: MethodId) => says.method[id].name;
    const known = METHODS.flatMap(({ id, readsOrder }) => {
      const one = moved.get(id);
      return one === undefined ? [] : [{ id, readsOrder, ...one }];
    });
    const changed = known.filter((one) => one.moved).map(({ id }) => name(id));
    const minds = known.filter((one) => one.otherAnswer).map(({ id }) => name(id));
    const same = known.filter((one) => !one.moved && !one.readsOrder).length;
    const text = changed.length === 0 ? says.orderNone : `${says.orderChanged(changed.join(", "))} `;
    setText(this.#text, minds.length === 0 ? text : `${text}${says.orderMind(minds.join(", "))}`);
    setText(this.#why, `${says.orderSame(same)}${says.orderWhy} ${says.orderWhoCan}`);
  }
}
