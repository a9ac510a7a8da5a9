/** Recording: its pace and its count, single shots, what ends it, and what is seen of the shots. */
import { asUpload, samples } from "./samples.ts";
import { expect, test, cameraTest as withCamera } from "./test.ts";

const [CUPS = [], BALLS = []] = samples.classes.map(({ shots }) => shots);

withCamera("a held button counts its shots, several a second", async ({ kshot, page }) => {
  await kshot.open();
  await kshot.chooseBackend("cpu");
  await kshot.turnOnCamera();
  const pill = page.locator("#device-pill");
  await expect(pill).toContainText(/\d\/s/);
  const answers = Number.parseFloat(/([\d.]+)\/s/.exec((await pill.textContent()) ?? "")?.[1] ?? "");
  const record = kshot.card(0).getByRole("button", { name: "Hold to record Class 1" });
  await record.hover();
  await page.mouse.down();
  await kshot.waitForCount(0, 1);
  const began = Date.now();
  await kshot.waitForCount(0, 21);
  const seconds = (Date.now() - began) / 1000;
  await expect(record).toContainText(/^\d+ recorded/);
  const [shown, counted] = await page.evaluate(() => {
    const card = document.querySelector("article");
    return [".record-text", ".card-count"].map((one) =>
      Number.parseInt(card?.querySelector(one)?.textContent ?? "", 10),
    );
  });
  expect(shown).toBe(counted);
  await page.mouse.up();
  await expect(record).toContainText("Hold to record");
  // Ten where the machine is quick enough; shots and answers share the engine.
  const told = `${(20 / seconds).toFixed(1)} shots a second where there were ${answers} answers`;
  expect(20 / seconds, told).toBeGreaterThan(Math.min(answers, 10) / 3);
  const count = await kshot.settledCount(0);
  await expect(kshot.toast(`${count} shots added to Class 1.`)).toBeVisible();
});

withCamera("each of many quick presses is a shot and a step of its own", async ({ kshot, page }) => {
  await kshot.open();
  await kshot.turnOnCamera();
  await page.keyboard.down("2");
  await kshot.waitForCount(1, 1);
  await page.keyboard.up("2");
  const snap = kshot.card(0).getByRole("button", { name: "Take one shot of Class 1" });
  await snap.evaluate((button: HTMLButtonElement) => {
    for (let i = 0; i < 8; i++) button.click();
  });
  await kshot.expectCount(0, 8);
  expect(await kshot.settledCount(0)).toBe(8);
  await page.keyboard.press("Control+z");
  await kshot.expectCount(0, 7);
});

withCamera("a class that goes while it is recorded is told as gone", async ({ kshot, page }) => {
  await kshot.open();
  await kshot.turnOnCamera();
  await page.keyboard.down("1");
  await kshot.waitForCount(0, 2);
  await kshot.card(0).getByRole("button", { name: "Remove class Class 1" }).click();
  await expect(kshot.toast("This class is gone.")).toBeVisible();
  await page.keyboard.up("1");
  await expect(kshot.toast("added to")).toBeHidden();
});

for (const width of [1280, 390]) {
  test(`no message lies over what is pressed next, ${width} pixels wide`, async ({ kshot, page }) => {
    await page.setViewportSize({ width, height: 800 });
    await kshot.open();
    await kshot.addClass();
    await kshot.name(2).blur();
    await kshot.addPhotos(0, CUPS.map(asUpload));
    const toast = kshot.toast("4 shots added to Class 1.");
    await expect(toast).toBeVisible();
    await expect(toast).toHaveCSS("opacity", "1");
    const covered = await page.evaluate(() => {
      scrollTo(0, 0);
      const toast = document.querySelector("#toast");
      const over = toast?.getBoundingClientRect();
      if (over === undefined) return ["there is no toast"];
      return [...document.querySelectorAll("main :is(button, input, select, [role=slider]), nav button")]
        .filter((element) => !toast?.contains(element) && element.checkVisibility())
        .filter((element) => {
          const { left, right, top, bottom } = element.getBoundingClientRect();
          return left < over.right && right > over.left && top < over.bottom && bottom > over.top;
        })
        .map((element) => element.outerHTML);
    });
    expect(covered).toEqual([]);
  });
}

test("every shot of a class can be seen and deleted, however old", async ({ kshot, page }) => {
  await kshot.open();
  await kshot.addPhotos(
    0,
    Array.from({ length: 57 }, () => asUpload(CUPS[0] ?? "")),
  );
  await kshot.expectCount(0, 57);
  await expect(kshot.shots(0)).toHaveCount(48);
  const more = kshot.card(0).getByRole("button", { name: "Show more of the 9 older shots of Class 1" });
  await expect(more).toHaveText("+9");
  await more.focus();
  await page.keyboard.press("Enter");
  await expect(kshot.shots(0)).toHaveCount(57);
  await expect(more).toBeHidden();
  await expect(kshot.shots(0).nth(48), "the keyboard goes on where it was").toBeFocused();
  await kshot.shots(0).last().click();
  await kshot.expectCount(0, 56);
  await page.keyboard.press("Control+z");
  await expect(kshot.shots(0)).toHaveCount(57);
});

test("a shot that looks like another class is seen, however old", async ({ kshot }) => {
  await kshot.open();
  await kshot.addPhotos(1, BALLS.map(asUpload));
  await kshot.expectCount(1, BALLS.length);
  const photos = [BALLS[0] ?? "", ...Array.from({ length: 52 }, (_, i) => CUPS[i % CUPS.length] ?? "")];
  await kshot.addPhotos(0, photos.map(asUpload));
  await kshot.expectCount(0, photos.length);
  const marked = kshot.shots(0).and(kshot.page.getByRole("button", { name: /^Shot 1 of 53/ }));
  await expect(marked).toBeVisible();
  await expect(marked).toHaveAccessibleName(/Looks like “Class 2”/);
  await expect(kshot.shots(0)).toHaveCount(49);
});
