/** How the element looks and what it tells assistive technology, in each state, at each width. */
import { expectNoViolations } from "./axe.ts";
import { elementTest as test } from "./element-page.ts";
import { samples } from "./samples.ts";
import { expect } from "./test.ts";

test("no state of the element breaks the rules of WCAG 2.1 AA", async ({ openElement }) => {
  const [cup, football] = samples.classes;
  const opened = await openElement(
    '<style>:root { color-scheme: light dark }</style><k-shot classes="cup, football"></k-shot>',
  );
  const { page, element } = opened;
  await expectNoViolations(opened.page, "poster");
  await page.context().grantPermissions([]);
  await element.getByRole("button", { name: "Start the camera" }).click();
  await expect(element.getByRole("alert").filter({ hasText: "The camera is blocked" })).toBeVisible();
  await expectNoViolations(opened.page, "camera blocked");
  await page.context().grantPermissions(["camera"]);
  await element.getByRole("button", { name: "Try again" }).click();
  await opened.expectState("live");
  await expectNoViolations(opened.page, "live");
  await element.getByRole("button", { name: "Turn off" }).click();
  await opened.teach(0, cup?.shots ?? []);
  await opened.teach(1, football?.shots ?? []);
  await opened.ask("cup-06.jpg");
  await expectNoViolations(opened.page, "an answer");
  await opened.run((element) => element.setAttribute("lang", "zh"));
  await expect(element.getByRole("button", { name: "打开摄像头" })).toBeVisible();
  await expectNoViolations(opened.page, "in Chinese");
});

test("at any width nothing is cut off and everything can be pressed, in both languages", async ({
  openElement,
}) => {
  const widths = [320, 640, 960, 1280, 1920];
  const opened = await openElement(
    '<div id="place"><k-shot classes="mug, key, a plant with a rather long name"></k-shot></div>',
  );
  const { page, element } = opened;
  const expectFit = async (where: string) => {
    const wide = await opened.run(({ shadowRoot, clientWidth }) =>
      [...(shadowRoot?.querySelectorAll("*") ?? [])]
        .filter((one) => !one.matches(".unseen, .guide, video, svg, svg *") && one.scrollWidth > 0)
        .map((one) => ({ one, right: one.getBoundingClientRect().right }))
        .filter(({ right }) => right > clientWidth + 16)
        .map(({ one, right }) => `${one.className} ${right}`),
    );
    expect(wide, where).toEqual([]);
    const cut = await opened.run(({ shadowRoot }) =>
      [...(shadowRoot?.querySelectorAll("button") ?? [])]
        .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
        .map(({ textContent }) => textContent),
    );
    expect(cut, `${where}: buttons that cut their words off`).toEqual([]);
  };
  const atEach = async (state: string, check: (width: number, lang: string) => Promise<void>) => {
    for (const width of widths) {
      await page.setViewportSize({ width: width + 32, height: 800 });
      await page.locator("#place").evaluate((place, wide) => {
        place.style.width = `${wide}px`;
      }, width);
      for (const lang of ["zh", "en"]) {
        await opened.run((element, lang) => element.setAttribute("lang", lang), lang);
        await expectFit(`${state}, ${width} px, ${lang}`);
        await check(width, lang);
      }
    }
  };
  await atEach("poster", async () => {});
  await opened.start();
  await atEach("live", async (width, lang) => {
    for (const button of await element.getByRole("button").all()) {
      const box = await button.boundingBox();
      const name = await button.ariaSnapshot();
      expect(Math.min(box?.width ?? 0, box?.height ?? 0), `${width} px: ${name}`).toBeGreaterThanOrEqual(24);
    }
    await page.screenshot({ path: `test-results/screenshots/element-${width}-${lang}.png`, fullPage: true });
  });
});
