/** Made and removed five hundred times: what is left in memory. */
import type { CDPSession } from "@playwright/test";
import { elementTest as test } from "./element-page.ts";
import { expect } from "./test.ts";

const TIMES = 500;
/** What one element may leave behind: less than any DOM node takes, and 100 KB in all. */
const LEFT_BYTES = 200;

async function heap(session: CDPSession): Promise<number> {
  // What the last task held is let go of by the next ones.
  await session.send("Runtime.evaluate", {
    awaitPromise: true,
    expression: "new Promise((resolve) => requestIdleCallback(() => setTimeout(resolve)))",
  });
  // Elements and their wrappers lie in two heaps that refer to each other: each round frees what the last unlinked.
  for (let i = 0; i < 6; i++) await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  return usedSize;
}

for (const started of [false, true]) {
  test(`made and removed ${TIMES} times, ${started ? "started" : "as a poster"}, it leaves nothing in memory`, async ({
    openElement,
  }) => {
    // One that stays, so that there is one engine throughout.
    const opened = await openElement('<k-shot id="stays"></k-shot>');
    const { page } = opened;
    const session = await page.context().newCDPSession(page);
    await session.send("HeapProfiler.enable");
    if (started) {
      await opened.start();
      await opened.run((element) => element.stop());
    }
    const make = (times: number) =>
      page.evaluate(
        async ({ times, started }) => {
          for (let i = 0; i < times; i++) {
            const element = document.createElement("k-shot");
            element.classes = ["mug", "key"];
            document.body.append(element);
            if (started) {
              // Below the screen: it gets its support set and its view, and waits with the camera.
              element.style.marginTop = "300vh";
              await element.start();
              if (element.kshot?.support.classes.length !== 2) throw new Error("it has no classes");
            }
            element.remove();
            await null;
          }
        },
        { times, started },
      );
    // Compiled code, and what the tests' own tools keep, comes with the first rounds.
    const wasm = () => opened.run(async ({ kshot }) => (await kshot?.memory())?.wasmBytes ?? 0);
    await wasm();
    for (let round = 0; round < 2; round++) await make(TIMES);
    const before = await heap(session);
    const wasmBefore = await wasm();
    await make(TIMES);
    const left = (await heap(session)) - before;
    expect(left, `${left} bytes are left of ${TIMES} elements`).toBeLessThan(TIMES * LEFT_BYTES);
    expect(await page.locator("k-shot").count()).toBe(1);
    expect(await opened.openCameras()).toBe(0);
    // The support sets that were given back left no trace in the engine either.
    expect((await wasm()) - wasmBefore).toBe(0);
  });
}
