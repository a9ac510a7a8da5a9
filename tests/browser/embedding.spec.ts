/** The element in a page that forbids things: iframes, permissions policies, content security policies. */
import { fileURLToPath } from "node:url";
import { pageOf, elementTest as test } from "./element-page.ts";
import { expect } from "./test.ts";

const DIST = new URL("../../www/dist/", import.meta.url);
const INNER = pageOf("<k-shot></k-shot>");

/** The most that may be loaded before the click, in bytes, uncompressed: docs/element.md. */
const BUDGET = 60_000;

test("the page for iframes is as light as the poster before the click", async ({ openElement }) => {
  const opened = await openElement("", { folders: { "/page/": fileURLToPath(DIST) } });
  const { page, site } = opened;
  await page.goto(`${site.url}page/embed.html?classes=mug,key&theme=dark&lang=zh`);
  await expect(opened.element.getByRole("button", { name: "打开摄像头" })).toBeVisible();
  await page.waitForLoadState("networkidle");
  const sizes = await page.evaluate(() =>
    performance
      .getEntriesByType("resource")
      .map((entry) => (entry as PerformanceResourceTiming).decodedBodySize),
  );
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(BUDGET);
  expect(site.requests.filter((path) => /\.(wasm|safetensors)$/.test(path))).toEqual([]);
  expect(page.workers()).toEqual([]);
});

for (const { name, allow, works } of [
  { name: "without allow", allow: "", works: false },
  { name: 'with allow="camera"', allow: ' allow="camera"', works: true },
]) {
  test(`in an iframe of another origin ${name}, ${works ? "it works" : "it says what the embedder must add"}`, async ({
    openElement,
  }) => {
    const inside = await openElement("", { pages: { "/embed.html": INNER } });
    const { page, site } = inside;
    // The same server under its other name is another origin.
    await page.setContent(
      pageOf(
        `<iframe${allow} src="${site.otherUrl}embed.html" width="900" height="700" title="kshot"></iframe>`,
        "",
      ),
    );
    const frame = page.frameLocator("iframe").locator("k-shot");
    await page.context().grantPermissions(["camera"]);
    await frame.getByRole("button", { name: "Start the camera" }).click();
    if (works) {
      await expect(frame.getByRole("button", { name: "Turn off" })).toBeVisible({ timeout: 60_000 });
    } else {
      const alert = frame.getByRole("alert").filter({ hasText: "does not hand the camera on" });
      await expect(alert).toContainText('Add allow="camera" to the <iframe> tag', { timeout: 60_000 });
    }
  });
}

test("a page whose header forbids the camera says which header to send", async ({ openElement }) => {
  const opened = await openElement("<k-shot></k-shot>", { headers: { "permissions-policy": "camera=()" } });
  await opened.start("ready");
  const alert = opened.element.getByRole("alert").filter({ hasText: "The server of this page forbids it" });
  await expect(alert).toContainText("Permissions-Policy: camera=(self)");
  await opened.run((element) => element.setAttribute("lang", "zh"));
  await expect(opened.element.getByRole("alert")).toContainText("Permissions-Policy: camera=(self)");
});

test("under a strict content security policy it works", async ({ openElement }) => {
  const opened = await openElement("<k-shot></k-shot>", {
    headers: {
      "content-security-policy":
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; img-src 'self' data: blob:",
    },
  });
  const blocked: string[] = [];
  opened.page.on("console", (message) => {
    if (/Content Security Policy/.test(message.text())) blocked.push(message.text());
  });
  await opened.start();
  expect(blocked).toEqual([]);
});

test("where the policy forbids WebAssembly, it says what to add", async ({ openElement }) => {
  const opened = await openElement("<k-shot></k-shot>", {
    headers: { "content-security-policy": "script-src 'self'" },
  });
  await opened.start("failed");
  const alert = opened.element.getByRole("alert").filter({ hasText: "forbids WebAssembly" });
  await expect(alert).toContainText("Add 'wasm-unsafe-eval' to its script-src");
});
