/** The drawing page end to end: every method on one support set, drawn or filled in. */
import type { Page } from "@playwright/test";
import { DrawPage, SHAPES } from "./draw-page.ts";
import { drawingPhoto } from "./drawing-photo.ts";
import { test as base, expect } from "./test.ts";

const test = base.extend<{ draw: DrawPage }>({
  draw: async ({ page }, use) => use(new DrawPage(page)),
});

/** The drawing page is open from the start, and what it draws at random is the same at every run. */
const openTest = test.extend({
  draw: async ({ kshot, draw, page }, use) => {
    await page.addInitScript(() => {
      let last = 1;
      // Park and Miller's "minimal standard".
      Math.random = () => {
        last = (last * 48_271) % 2_147_483_647;
        return last / 2_147_483_647;
      };
    });
    await kshot.open();
    await draw.open();
    await use(draw);
  },
});

const METHODS = 15;

openTest("one click fills a task, and most methods are right about every sample", async ({ draw, page }) => {
  await draw.fill();
  await expect(draw.allShots).toHaveCount(5);
  await expect(draw.queries).toHaveCount(20);
  let right = 0;
  for (const query of await draw.queries.all()) {
    await query.click();
    const truth = await draw.truthOf(query);
    await expect(draw.answers).toContainText(`It is class ${truth}`);
    if ((await draw.answers.getAttribute("data-answer")) === String(truth)) right++;
  }
  // A prototypical network is right about 98 of 100 (docs/omniglot.md); three of twenty may be hard.
  expect(right, "answers that are right").toBeGreaterThanOrEqual(17);
  const cards = page.getByRole("heading", { level: 3 }).filter({ visible: true });
  await expect(cards.filter({ hasText: /Siamese|SNAIL|MANN|Relation|Auto-encoder/ })).toHaveCount(5);
  await expect(draw.answers.getByRole("listitem")).toHaveCount(METHODS);
});

openTest(
  "N, K and the alphabet decide what is filled in, and undo takes each step back",
  async ({ draw, page }) => {
    for (let i = 0; i < 2; i++) await draw.button("Classes, N: fewer").click();
    await draw.button("Shots, K: more").click();
    await page.getByRole("combobox", { name: "Alphabet" }).selectOption({ label: "Tibetan (42)" });
    await draw.fill();
    await expect(draw.allShots).toHaveCount(6);
    await expect(draw.shots(3)).toHaveCount(2);
    await expect(page.getByText(/^Tibetan, character \d+$/)).toHaveCount(3);
    await draw.shots(2).first().click();
    await expect(draw.allShots).toHaveCount(5);
    await page.keyboard.press("Control+z");
    await expect(draw.allShots).toHaveCount(6);
    await draw.button("Undo").click();
    await expect(draw.allShots).toHaveCount(0);
    await draw.button("Undo").click();
    await draw.button("Undo").click();
    await draw.button("Undo").click();
    await expect(draw.button("Undo")).toBeDisabled();
    await expect(draw.button("Add the drawing to class 5")).toBeVisible();
  },
);

openTest(
  "what is drawn with the mouse becomes shots by keys, and is answered after each stroke",
  async ({ draw }) => {
    for (const [i, shape] of [SHAPES.ring, SHAPES.cross, SHAPES.zigzag].entries()) {
      await draw.addByKey(shape, i + 1);
    }
    await draw.draw(SHAPES.ring.map((stroke) => stroke.map(([x, y]) => [0.1 + 0.7 * x, 0.05 + 0.75 * y])));
    await draw.expectAnswer(1);
    await expect(draw.answers).toContainText("Drawn by you");
    await draw.button("Clear").click();
    await draw.expectAnswer("");
    await draw.draw(SHAPES.cross);
    await draw.expectAnswer(2);
    await draw.button("Undo stroke").click();
    await draw.button("Undo stroke").click();
    await draw.expectAnswer("");
  },
);

openTest("a shot that is undone gives the drawing back", async ({ draw, page }) => {
  await draw.draw(SHAPES.zigzag);
  await draw.inked();
  await draw.button("Add the drawing to class 4").click();
  await expect(draw.shots(4)).toHaveCount(1);
  await expect(draw.button("Undo stroke")).toBeDisabled();
  await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
  await expect(draw.allShots).toHaveCount(0);
  await expect(draw.button("Undo stroke")).toBeEnabled();
  await page.keyboard.press("2");
  await expect(draw.shots(2)).toHaveCount(1);
  // What the message offers to take back is no longer the newest change.
  const offer = page.getByRole("status").getByRole("button", { name: "Undo" });
  await expect(offer).toBeVisible();
  await draw.button("Shots, K: more").click();
  await expect(offer).toBeHidden();
});

openTest(
  "a photo of a drawing is asked about as the drawing is, and one without a drawing is refused",
  async ({ draw, page }) => {
    for (const [i, shape] of [SHAPES.ring, SHAPES.cross, SHAPES.zigzag].entries()) {
      await draw.addByKey(shape, i + 1);
    }
    const ask = async (buffer: Buffer) => {
      const chooser = page.waitForEvent("filechooser");
      await draw.button("Ask about a photo of a drawing").click();
      await (await chooser).setFiles({ name: "drawing.png", mimeType: "image/png", buffer });
    };
    for (const [i, shape] of [SHAPES.cross, SHAPES.zigzag, SHAPES.ring].entries()) {
      await ask(await drawingPhoto(page, shape));
      await draw.expectAnswer([2, 3, 1][i] ?? 0);
    }
    await ask(await drawingPhoto(page, []));
    const alert = page.getByRole("alert").filter({ hasText: "There is no drawing in this picture." });
    await expect(alert).toBeVisible();
    await draw.expectAnswer(1);
  },
);

openTest(
  "another order moves methods that read it and no prototype, and the page says why",
  async ({ draw }) => {
    // Among twenty classes hardly any method that reads the order is so sure of itself that it stays where it is.
    for (let i = 0; i < 15; i++) await draw.button("Classes, N: more").click();
    await draw.fill();
    await expect(draw.allShots).toHaveCount(20);
    const before = await draw.probabilities("Prototypical");
    const told = draw.page.getByRole("status").filter({ hasText: "Another order" });
    await expect(async () => {
      await draw.button("Shuffle").click();
      await draw.settled();
      await expect(told).toContainText(
        /Changed their scores: .*(Matching, full context|LSTM|MANN|SNAIL).* a prototype is a mean, which is the same in any order/,
        { timeout: 3_000 },
      );
    }).toPass();
    for (const name of ["Prototypical", "Relation"])
      await expect(draw.card(name)).toContainText("same in any order");
    for (const name of ["SNAIL", "Plain LSTM"])
      await expect(draw.card(name)).toContainText(/moved by|did not move/);
    expect(await draw.probabilities("Prototypical")).toBe(before);
    await draw.queries.nth(1).click();
    await expect(draw.card("Prototypical")).not.toContainText("same in any order");
  },
);

openTest(
  "test episodes run while drawings are answered, with intervals, and can be stopped",
  async ({ draw, page }) => {
    await draw.fill();
    await draw.button("Run 100 test episodes").click();
    await expect(page.getByText(/^[1-9]\d* of 100 episodes/)).toBeVisible({ timeout: 60_000 });
    const other = draw.queries.nth(2);
    await other.click();
    await expect(draw.answers).toContainText(`It is class ${await draw.truthOf(other)}`);
    await expect(page.getByText(/^[3-9] of 100|^\d\d of 100/)).toBeVisible({ timeout: 60_000 });
    await draw.button("Stop").click();
    await expect(page.getByText(/^Stopped after \d+ episodes/)).toBeVisible();
    const rows = page.getByRole("list").filter({ hasText: "±" }).getByRole("listitem");
    await expect(rows).toHaveCount(METHODS);
    for (const row of await rows.all()) await expect(row).toHaveText(/\d+\.\d ± \d+\.\d$/);
    await expect(draw.button("Run again")).toBeEnabled();
  },
);

openTest(
  "a hundred episodes run to their end, and prototypes are right in nearly all",
  async ({ draw, page }) => {
    for (let i = 0; i < 3; i++) await draw.button("Classes, N: fewer").click();
    await draw.button("Run 100 test episodes").click();
    await expect(page.getByText("100 of 100 episodes")).toBeVisible({ timeout: 110_000 });
    const row = page.getByRole("listitem").filter({ hasText: /^Prototypical\d/ });
    expect(Number.parseFloat((await row.textContent())?.replace("Prototypical", "") ?? "")).toBeGreaterThan(
      95,
    );
  },
);

const downloads = [
  {
    what: "the methods' weights",
    files: "**/drawings-*",
    says: "The network's weights could not be downloaded.",
  },
  {
    what: "the sample characters",
    files: "**/*.characters",
    says: "The sample characters could not be downloaded.",
  },
];

for (const { what, files, says } of downloads) {
  test(`${what} that cannot be had are told, and come when asked for again; nothing drawn is lost`, async ({
    kshot,
    draw,
    page,
  }) => {
    await page.route(files, (route) => route.abort());
    await kshot.open();
    await page.getByRole("tab", { name: "Draw" }).click();
    await expectProblem(page, says);
    await draw.draw(SHAPES.ring);
    await page.unroute(files);
    await draw.button("Try again").click();
    await draw.ready();
    await expect(page.getByRole("alert").filter({ hasText: says })).toBeHidden();
    // Only now can the drawing become ink.
    await draw.inked();
    await page.keyboard.press("1");
    await expect(draw.shots(1)).toHaveCount(1);
  });
}

test("weights and characters that arrive damaged are told", async ({ kshot, draw, page }) => {
  for (const [files, says] of [
    ["**/drawings-*", "The network's weights arrived damaged."],
    ["**/*.characters", "The sample characters arrived damaged."],
  ] as const) {
    await page.route(files, async (route) => {
      const response = await route.fetch();
      const body = await response.body();
      await route.fulfill({ response, body: body.subarray(0, body.length - 2) });
    });
    if (files.includes("drawings")) {
      await kshot.open();
      await page.getByRole("tab", { name: "Draw" }).click();
    } else {
      await draw.button("Try again").click();
    }
    await expectProblem(page, says);
    await page.unroute(files);
  }
  await draw.button("Try again").click();
  await draw.ready();
});

test("the page's own code that cannot be had is told, and comes when asked for again", async ({
  kshot,
  draw,
  page,
}) => {
  const code = "**/view-*.js";
  await page.route(code, (route) => route.abort());
  await kshot.open();
  await page.getByRole("tab", { name: "Draw" }).click();
  await expectProblem(page, "This part of the page could not be downloaded.");
  await page.unroute(code);
  await draw.button("Try again").click();
  await draw.ready();
  await draw.fill();
});

test("nothing of it is fetched before it is opened, and then each file once", async ({
  kshot,
  draw,
  page,
}) => {
  const files: string[] = [];
  page.on("request", (request) => files.push(new URL(request.url()).pathname));
  const ofDraw = () => files.filter((file) => /drawings-|\.characters|view-|lab-/.test(file));
  await kshot.open();
  await page.getByRole("tab", { name: "Samples" }).click();
  expect(ofDraw()).toEqual([]);
  await draw.open();
  await page.getByRole("tab", { name: "Camera" }).click();
  await draw.open();
  expect(ofDraw()).toHaveLength(4);
});

openTest(
  "a worker that dies takes nothing along: shots, drawing and answers are still there",
  async ({ draw, page }) => {
    await draw.fill();
    const truth = await draw.truthOf(draw.queries.first());
    const [worker] = page.workers();
    await worker?.evaluate(() => {
      setTimeout(() => {
        throw new Error("ended by the test");
      });
    });
    await expect(page.getByRole("status").filter({ hasText: "Rebuilt on the CPU" })).toBeVisible({
      timeout: 90_000,
    });
    await expect(draw.allShots).toHaveCount(5);
    await draw.queries.nth(1).click();
    await expect(draw.answers).toContainText(`It is class ${await draw.truthOf(draw.queries.nth(1))}`);
    await draw.queries.first().click();
    await expect(draw.answers).toContainText(`It is class ${truth}`);
  },
);

async function expectProblem(page: Page, says: string): Promise<void> {
  await expect(page.getByRole("alert").filter({ hasText: says })).toBeVisible({ timeout: 60_000 });
}
