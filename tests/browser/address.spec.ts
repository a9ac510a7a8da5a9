/** The address says what is on show, and a link brings it back. */
import { DrawPage } from "./draw-page.ts";
import { expect, test } from "./test.ts";

const query = (page: { url(): string }) => new URL(page.url()).search;

test("task, method and language stand in the address as they change", async ({ kshot, page }) => {
  await kshot.open("./?keep=1");
  expect(query(page)).toBe("?keep=1");
  await page.getByRole("tab", { name: "Draw" }).click();
  await expect.poll(() => query(page)).toBe("?keep=1&task=draw");
  await page.getByRole("tab", { name: "Samples" }).click();
  await expect.poll(() => query(page)).toBe("?keep=1&task=samples");
  await page.getByRole("tab", { name: "Camera" }).click();
  await expect.poll(() => query(page)).toBe("?keep=1");
  await page.getByText("How it decides", { exact: true }).click();
  await page.getByRole("radio", { name: /^Siamese/ }).click();
  await expect.poll(() => query(page)).toBe("?keep=1&method=siamese");
  await page.getByRole("button", { name: "中文" }).click();
  await expect.poll(() => query(page)).toBe("?keep=1&method=siamese&lang=zh");
});

test("a link opens the page as it says, and what it does not know counts for nothing", async ({
  kshot,
  page,
}) => {
  await page.goto("./?task=draw&method=matching&lang=zh");
  await expect(kshot.root).toHaveAttribute("data-status", "ready", { timeout: 60_000 });
  await expect(kshot.root).toHaveAttribute("lang", /^zh/);
  await expect(page.getByRole("tab", { name: "手绘" })).toHaveAttribute("aria-selected", "true");
  await page.getByRole("tab", { name: "摄像头" }).click();
  await page.getByText("如何判断", { exact: true }).click();
  await expect(page.getByRole("radio", { name: /^匹配网络/ })).toBeChecked();
  await expect.poll(() => query(page)).toBe("?method=matching&lang=zh");

  await kshot.open("./?task=cook&method=guess&lang=xx");
  await expect(page.getByRole("tab", { name: "Camera" })).toHaveAttribute("aria-selected", "true");
  await page.goto("./?task=draw");
  await new DrawPage(page).ready();
});
