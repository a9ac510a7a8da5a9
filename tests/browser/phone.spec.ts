/** The page in a hand: 390 pixels wide, by touch. */
import { DrawPage, SHAPES } from "./draw-page.ts";
import { FacePage } from "./face-page.ts";
import { samples } from "./samples.ts";
import { expect, anyCameraTest as test } from "./test.ts";

const WIDTH = 390;

test.use({ viewport: { width: WIDTH, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 });

const LEAST_TARGET = 44;

test("nothing is wider than the screen, and everything to touch is large enough", async ({ kshot, page }) => {
  await kshot.open();
  const check = async (where: string) => {
    // A page that is too wide makes innerWidth larger on a phone.
    const widest = () => page.evaluate(() => Math.max(document.documentElement.scrollWidth, innerWidth));
    expect.soft(await widest(), `${where}: no sideways scrolling`).toBe(WIDTH);
    const wider = await page.addStyleTag({ content: "* { letter-spacing: 0.06em }" });
    expect.soft(await widest(), `${where}: none in a wider font`).toBe(WIDTH);
    await wider.evaluate((style) => (style as Element).remove());
    const small = await page.evaluate((least) => {
      const wanted =
        "button, select, summary, [role=tab], [role=slider], [role=option], input:not([type=file])";
      return [...document.querySelectorAll<HTMLElement>(wanted)].flatMap((element) => {
        if (!element.checkVisibility() || element.getBoundingClientRect().width === 0) return [];
        element.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
        const { left, top, width, height } = element.getBoundingClientRect();
        // What counts is where a finger is taken, which may be more than what is drawn.
        const target = element.closest("label") ?? element.closest(".scale-track") ?? element;
        const reach = least / 2 - 1;
        const [x, y] = [left + width / 2, top + height / 2];
        const missed = [
          [x - reach, y],
          [x + reach, y],
          [x, y - reach],
          [x, y + reach],
        ].filter(([px = 0, py = 0]) => {
          const inside = px >= 0 && px < innerWidth && py >= 0 && py < innerHeight;
          return inside && !target.contains(document.elementFromPoint(px, py));
        });
        const name = element.getAttribute("aria-label") || element.textContent?.trim() || element.id;
        return missed.length === 0 ? [] : [`${name}: ${Math.round(width)} x ${Math.round(height)}`];
      });
    }, LEAST_TARGET);
    expect.soft(small, `${where}: touch targets`).toEqual([]);
  };
  await check("first visit");
  await kshot.turnOnCamera();
  await check("with the camera");
  await kshot.loadSamples();
  await page.getByRole("option").first().tap();
  await kshot.expectAnswer(0);
  await check("with the samples");
  const face = new FacePage(page);
  await face.open();
  await check("with the face page");
  await face.button("No camera? Try it with sample people").tap();
  await expect(face.answer).toHaveAttribute("data-answer", "yes");
  await check("with sample people");
  await face.enrol("Ada");
  await check("while enrolling");
  const draw = new DrawPage(page);
  await draw.open();
  await check("with the drawing page");
  await draw.fill();
  await draw.button("Shuffle").tap();
  await expect(draw.card("Prototypical")).toContainText("same in any order");
  await check("with a task");
  for (let i = 0; i < 15; i++) await draw.button("Classes, N: more").tap();
  await draw.button("Fill with characters").tap();
  await expect(draw.allShots).toHaveCount(20);
  await draw.settled();
  await check("with twenty classes");
});

test("characters are drawn with a finger, become shots, and the answer stays in sight", async ({
  kshot,
  page,
}) => {
  const draw = new DrawPage(page);
  await kshot.open();
  await draw.open();
  for (const [i, shape] of [SHAPES.ring, SHAPES.cross, SHAPES.zigzag].entries()) {
    await draw.drawByTouch(shape);
    const add = draw.button(`Add the drawing to class ${i + 1}`);
    await expect(add).toHaveAttribute("aria-disabled", "false");
    // Chromium drops a tap that follows a drag within 300 ms.
    await expect(async () => {
      if ((await draw.shots(i + 1).count()) === 0) await add.tap();
      await expect(draw.shots(i + 1)).toHaveCount(1, { timeout: 500 });
    }).toPass();
  }
  await draw.drawByTouch(SHAPES.cross);
  await draw.expectAnswer(2);
  await expect(draw.answers.getByText(/^\d+ of 15 methods$/)).toBeInViewport();
});

test("two classes are recorded by holding a finger on their buttons, and answered", async ({
  kshot,
  page,
}) => {
  await kshot.open();
  await page.context().grantPermissions(["camera"]);
  await page.getByRole("button", { name: "Turn on camera" }).tap();
  await expect(page.getByRole("button", { name: "Turn off" })).toBeVisible();
  const touch = await page.context().newCDPSession(page);
  const record = async (place: number) => {
    const button = page.getByRole("navigation").getByRole("button").nth(place);
    const box = await button.boundingBox();
    if (box === null) throw new Error("the record button is not on the screen");
    const touchPoints = [{ x: box.x + box.width / 2, y: box.y + box.height / 2 }];
    await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints });
    await kshot.waitForCount(place, 3);
    await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  };
  await record(0);
  const recorded = await kshot.settledCount(0);
  // This camera shows the same to both classes: later a tap on a shot would ask which of them it belongs to.
  await kshot.shots(0).first().tap();
  await kshot.expectCount(0, recorded - 1);
  await page.getByRole("status").getByRole("button", { name: "Undo" }).tap();
  await kshot.expectCount(0, recorded);
  await record(1);
  await expect(page.getByRole("list", { name: "Score of each class" }).getByRole("listitem")).toHaveCount(2);
});

test("the sample photos work by touch", async ({ kshot, page }) => {
  await kshot.open();
  await page.getByRole("tab", { name: "Samples" }).tap();
  await page.getByRole("button", { name: "Load the sample photos" }).tap();
  await kshot.expectCount(3, 4);
  for (const [place, { queries }] of samples.classes.entries()) {
    await page
      .getByRole("option")
      .nth(place * queries.length)
      .tap();
    await kshot.expectAnswer(place);
  }
});
