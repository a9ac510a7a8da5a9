/** The drawing page as a person meets it: by roles and names. */
import { expect, type Locator, type Page } from "@playwright/test";

/** A stroke as points, 0 to 1 from the top left of the pad. */
export type Stroke = [x: number, y: number][];

/** Three characters that nobody takes for each other. */
export const SHAPES: Record<"ring" | "cross" | "zigzag", Stroke[]> = {
  ring: [
    Array.from({ length: 25 }, (_, i) => [0.5 + 0.3 * Math.sin(i / 3.9), 0.5 - 0.3 * Math.cos(i / 3.9)]),
  ],
  cross: [
    [
      [0.25, 0.5],
      [0.5, 0.5],
      [0.75, 0.5],
    ],
    [
      [0.5, 0.2],
      [0.5, 0.5],
      [0.5, 0.8],
    ],
  ],
  zigzag: [
    [
      [0.2, 0.25],
      [0.8, 0.25],
      [0.2, 0.75],
      [0.8, 0.75],
    ],
  ],
};

export class DrawPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Opens the tab and waits until the methods can answer. */
  async open(): Promise<void> {
    await this.page.getByRole("tab", { name: "Draw" }).click();
    await this.ready();
  }

  async ready(): Promise<void> {
    await expect(this.button("Fill with characters")).toBeEnabled({ timeout: 60_000 });
  }

  button(name: string | RegExp): Locator {
    return this.page
      .getByRole("tabpanel", { name: "Draw" })
      .getByRole("button", { name, exact: typeof name === "string" });
  }

  get pad(): Locator {
    return this.page.getByRole("img", { name: /^Drawing pad/ });
  }

  /** The answers of all methods; `data-answer` is the class that most of them name. */
  get answers(): Locator {
    return this.page.getByRole("region", { name: "Answers" });
  }

  /** A method's card. */
  card(name: string): Locator {
    return this.page.getByRole("region", { name, exact: true });
  }

  get queries(): Locator {
    return this.page.getByRole("listbox", { name: "Drawings to ask about" }).getByRole("option");
  }

  /** The shots of a class, from 1. */
  shots(number: number): Locator {
    return this.button(new RegExp(`^Shot \\d+ of \\d+ of class ${number}\\.`));
  }

  get allShots(): Locator {
    return this.button(/^Shot \d+ of/);
  }

  async expectAnswer(number: number | ""): Promise<void> {
    await expect(this.answers).toHaveAttribute("data-answer", String(number));
  }

  /** Fills the task by its one click, and waits for the answer to the first sample. */
  async fill(): Promise<void> {
    await this.button("Fill with characters").click();
    await expect(this.answers).toHaveAttribute("data-answer", /^\d+$/);
    await this.settled();
  }

  /** Waits until the answers are those to the support set on show. */
  async settled(): Promise<void> {
    await expect(this.answers).toHaveAttribute("aria-busy", "false");
  }

  /** The class that a sample drawing says it is of. */
  async truthOf(query: Locator): Promise<number> {
    const label = (await query.getAttribute("aria-label")) ?? "";
    return Number(/of class (\d+)$/.exec(label)?.[1]);
  }

  /** The probabilities that a card's chart tells. */
  async probabilities(name: string): Promise<string> {
    return (
      (await this.card(name)
        .getByRole("img", { name: /^Probability/ })
        .getAttribute("aria-label")) ?? ""
    );
  }

  /** Draws with the mouse. */
  async draw(strokes: Stroke[]): Promise<void> {
    const box = await this.#box();
    const at = ([x, y]: Stroke[number]) => [box.x + x * box.width, box.y + y * box.height] as const;
    for (const [first, ...rest] of strokes) {
      if (first === undefined) continue;
      await this.page.mouse.move(...at(first));
      await this.page.mouse.down();
      for (const point of rest) await this.page.mouse.move(...at(point), { steps: 4 });
      await this.page.mouse.up();
    }
  }

  /** Waits until what is drawn can be added. */
  async inked(): Promise<void> {
    await expect(this.button(/^Add the drawing to class 1/)).toHaveAttribute("aria-disabled", "false");
  }

  /** Draws with the mouse and adds it to a class, from 1, by its key. */
  async addByKey(strokes: Stroke[], number: number): Promise<void> {
    await this.draw(strokes);
    await this.inked();
    await this.page.keyboard.press(String(number));
    await expect(this.shots(number)).toHaveCount(1);
  }

  /** Draws with a finger. */
  async drawByTouch(strokes: Stroke[]): Promise<void> {
    const box = await this.#box();
    const touch = await this.page.context().newCDPSession(this.page);
    const send = (type: "touchStart" | "touchMove" | "touchEnd", point?: Stroke[number]) =>
      touch.send("Input.dispatchTouchEvent", {
        type,
        touchPoints:
          point === undefined ? [] : [{ x: box.x + point[0] * box.width, y: box.y + point[1] * box.height }],
      });
    for (const [first, ...rest] of strokes) {
      if (first === undefined) continue;
      await send("touchStart", first);
      for (const point of rest) await send("touchMove", point);
      await send("touchEnd");
    }
  }

  async #box(): Promise<{ x: number; y: number; width: number; height: number }> {
    await this.pad.scrollIntoViewIfNeeded();
    const box = await this.pad.boundingBox();
    if (box === null) throw new Error("the pad is not on the screen");
    return box;
  }
}
