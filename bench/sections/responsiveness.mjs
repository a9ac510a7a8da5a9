/** The head's time with a large support set, and how smooth the page stays while a frame is in work. */
import { promise } from "../bounds.mjs";
import { withPage } from "../browser.mjs";
import { ms, quantile, table } from "../table.mjs";

/** From an embedding to an answer, with 100 classes of 20 shots. */
export async function measureHead({ origin, quick }) {
  const times = await withPage("cpu", `${origin}/engine.html`, async (page) => {
    await page.evaluate(() => window.bench.load("cpu"));
    return page.evaluate((frames) => window.bench.headTimes(100, 20, frames), quick ? 20 : 100);
  });
  // The browser's clock ticks every 0.1 ms, so only the mean tells anything finer.
  const mean = times.reduce((sum, each) => sum + each, 0) / times.length;
  promise("answer from an embedding, 100 classes of 20 shots, mean ms", mean, 1, ms);
  const row = ["100 classes of 20 shots", times.length, ms(mean), ms(Math.max(...times))];
  return table(["embedding to answer, ms", "frames", "mean", "max"], [row]);
}

/** Time between animation frames; 16.7 ms is one missed by nobody at 60 a second. */
export async function measureSmoothness({ origin, quick }) {
  const duration = quick ? 3000 : 10_000;
  const rows = [];
  for (const backend of ["cpu", "webgpu"]) {
    await withPage(backend, `${origin}/engine.html`, async (page) => {
      await page.evaluate((each) => window.bench.load(each), backend);
      for (const classifying of [false, true]) {
        const { gaps, frames } = await page.evaluate(
          (each) => window.bench.animationGaps(...each),
          [duration, classifying],
        );
        if (classifying)
          promise(
            `${backend}: gaps on the page while frames are in work, 95 % ms`,
            quantile(gaps, 0.95),
            20,
            ms,
          );
        rows.push([
          `${backend}, ${classifying ? `${frames} frames classified` : "nothing to do"}`,
          ...[quantile(gaps, 0.5), quantile(gaps, 0.95), Math.max(...gaps)].map(ms),
        ]);
      }
    });
  }
  return table([`gaps on the page over ${duration / 1000} s, ms`, "median", "95 %", "max"], rows);
}
