/** Live: three things in front of a camera are recorded, and then named in pictures never seen before. */
import { AT_REST, LAST_PHOTO, things, UNKNOWN } from "./camera.ts";
import { expect, cameraTest as test } from "./test.ts";

// A burst is ten a second; the software adapter manages one to three, less on busy cores.
const LEAST_SHOTS = { cpu: 6, webgpu: 2 };
// Of some thirty looks all are right but the last, which the next segment may have overtaken.
const LEAST_SHARE = 0.9;
// The answer to the segment before is on show for as long as a frame takes.
const MOST_LATE = { cpu: 0.25, webgpu: 0.5 };

test("three things that are held before the camera are each named live, and others are none of these", async ({
  kshot,
  project,
}) => {
  await kshot.open();
  await kshot.chooseBackend(project);
  await kshot.addClass();
  for (const [place, { name }] of things.entries()) await kshot.name(place).fill(name);
  await kshot.name(2).blur();
  // The video begins with the first thing when the camera opens.
  await kshot.turnOnCamera();

  for (const [place, thing] of things.entries()) {
    await kshot.waitForSegment(thing.shots);
    await kshot.page.keyboard.down(String(place + 1));
    await kshot.waitForSegment(thing.shots, LAST_PHOTO);
    await kshot.page.keyboard.up(String(place + 1));
    expect((await kshot.onShow()).segment, "the thing is on show to the last shot").toBe(thing.shots);
    await kshot.waitForCount(place, LEAST_SHOTS[project]);
  }
  for (const [place, thing] of things.entries()) {
    await kshot.waitForSegment(thing.queries);
    const { share, late, told } = await kshot.shareOf(await kshot.id(place), thing.queries);
    expect(share, `share of "${thing.name}" in ${told}`).toBeGreaterThan(LEAST_SHARE);
    expect(late, `time until "${thing.name}" in ${told}`).toBeLessThan(MOST_LATE[project]);
  }
  await kshot.waitForSegment(UNKNOWN);
  const { share, late, told } = await kshot.shareOf("none", UNKNOWN);
  expect(share, `share of "none" in ${told}`).toBeGreaterThan(LEAST_SHARE);
  expect(late, `time until "none" in ${told}`).toBeLessThan(MOST_LATE[project]);

  if (project === "webgpu") return; // a burst of eight takes the software adapter half a minute
  await kshot.addClass();
  await kshot.name(3).blur();
  const tooAlike = kshot.card(3).getByText("Too similar to the last");
  await kshot.waitForSegment(AT_REST);
  await kshot.page.keyboard.down("4");
  await expect(tooAlike).toBeVisible();
  await kshot.page.keyboard.up("4");
  await expect(tooAlike).toBeHidden();
});
