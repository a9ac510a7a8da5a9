/** The liveness challenge: passed by a head that turns as asked, and locked after five failures. */
import { facePath, SHOWN } from "./face-camera.ts";
import { FacePage } from "./face-page.ts";
import { anyCameraTest, expect, faceCameraTest } from "./test.ts";

const P05 = ["caltech-p05-1", "caltech-p05-2"].map(facePath);

faceCameraTest("a yes waits for a head that turns as it is asked to", async ({ kshot, page }) => {
  const face = new FacePage(page);
  await kshot.open();
  await face.open();
  await face.enrolFromPhotos("Ada", P05);
  await expect(face.people).toHaveCount(1);
  await page.context().grantPermissions(["camera"]);
  await face.button("Turn on camera").click();
  await kshot.waitForSegment(SHOWN.turns);
  await expect(face.answer).toHaveAttribute("data-answer", "yes");
  await face.panel.getByRole("switch", { name: "A yes needs a liveness challenge" }).click();
  await expect(face.answer).toHaveAttribute("data-answer", "wait");
  // The order is random, and the head in the video turns left first: another order is broken off.
  for (;;) {
    await kshot.waitForSegment(SHOWN.turns);
    await face.button(/^(Start the challenge|Try again)$/).click();
    await expect(face.answer).toHaveAttribute("data-answer", /^(left|right)$/);
    if ((await face.answer.getAttribute("data-answer")) === "left") break;
    await face.panel
      .getByRole("region", { name: "Liveness challenge" })
      .getByRole("button", { name: "Cancel" })
      .click();
  }
  await expect(face.answer).toHaveAttribute("data-answer", "right");
  await expect(face.answer).toHaveAttribute("data-answer", "yes");
  await expect(face.answer).toContainText("turned when asked");
  // Somebody else in front of it has to prove it anew.
  await kshot.waitForSegment(SHOWN.intruder);
  await expect(face.answer).toHaveAttribute("data-answer", "no");
  await kshot.waitForSegment(SHOWN.owner);
  await expect(face.answer).toHaveAttribute("data-answer", "wait");
});

anyCameraTest("five failures lock for 30 seconds, counted down", async ({ kshot, page }) => {
  const face = new FacePage(page);
  await kshot.open();
  await face.open();
  await face.enrolFromPhotos("Ada", P05);
  await expect(face.people).toHaveCount(1);
  await page.context().grantPermissions(["camera"]);
  // Chromium's own test picture has no face in it.
  await face.button("Turn on camera").click();
  for (let failures = 1; failures <= 4; failures++) {
    await face.button(/^(Start the challenge|Try again)$/).click();
    const left = 5 - failures;
    const says = left === 1 ? "One more failure locks" : `${left} more failures lock`;
    await expect(face.panel.getByText(says)).toBeVisible({ timeout: 30_000 });
  }
  await face.button("Try again").click();
  await expect(face.answer).toHaveAttribute("data-answer", "locked", { timeout: 30_000 });
  const seconds = async () => Number(/in (\d+) s/.exec((await face.answer.textContent()) ?? "")?.[1]);
  const first = await seconds();
  expect(first).toBeGreaterThan(20);
  await expect.poll(seconds).toBeLessThan(first);
  await expect(face.button(/^(Start the challenge|Try again)$/)).toBeDisabled();
  await face.askAbout(facePath("caltech-p05-3"));
  await expect(face.answer, "locked, whoever is before it").toHaveAttribute("data-answer", "locked");
  await expect(face.answer).toHaveAttribute("data-answer", "yes", { timeout: 40_000 });
});
