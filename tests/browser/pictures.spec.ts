/** Files that are no usable pictures: each is named with its reason, and what was there stays. */
import { grayPng } from "./png.ts";
import { fileOf, pathOf } from "./samples.ts";
import { expect, test } from "./test.ts";

const REFUSED = [
  {
    name: "notes.png",
    buffer: Buffer.from("these are my notes"),
    says: "This is no picture that the browser can read. Use a JPEG, PNG or WebP file.",
  },
  { name: "dot.png", buffer: grayPng(1, 1), says: "The picture is too small to say anything." },
  { name: "wall.png", buffer: grayPng(20_000, 20_000), says: "The picture is too large. Make it smaller" },
  { name: "empty.jpg", buffer: Buffer.alloc(0), says: "This is no picture that the browser can read." },
];

for (const { name, buffer, says } of REFUSED) {
  test(`${name} is refused by a class and as a question, and the shots stay`, async ({ kshot, page }) => {
    const bad = { name, mimeType: "image/png", buffer };
    const good = { name: "cup.jpg", mimeType: "image/jpeg", buffer: fileOf("cup-02.jpg") };
    await kshot.open();
    await kshot.addPhotos(0, [pathOf("cup-01.jpg")]);
    await kshot.expectCount(0, 1);
    await kshot.addPhotos(0, [bad, good]);
    const alert = kshot.card(0).getByRole("alert");
    await expect(alert).toContainText(`${name} ${says}`);
    await kshot.expectCount(0, 2);
    await kshot.askAbout(bad);
    await expect(
      page.getByRole("region", { name: "Picture" }).getByRole("alert").filter({ hasText: says }),
    ).toBeVisible();
    await kshot.askAbout(good);
    await kshot.expectAnswer(0);
    await alert.getByRole("button", { name: "Dismiss" }).click();
    await expect(alert).toBeHidden();
  });
}
