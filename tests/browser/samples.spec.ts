/** Without a camera: the sample photos show all that the page does. */
import { zipSync } from "fflate";
import { asUpload, fileOf, samples } from "./samples.ts";
import { expect, test } from "./test.ts";

const TRAINED = [
  ["matching_context", /^Matching, full context/],
  ["relation", /^Relation/],
  ["imaginary", /^Imaginary data/],
  ["mann", /^MANN/],
  ["snail", /^SNAIL/],
] as const;

test("the sample photos fill four classes, and every photo asked about is named right", async ({
  kshot,
  page,
}) => {
  await kshot.open();
  await kshot.loadSamples();
  const photos = page.getByRole("listbox", { name: "Photos to ask about" }).getByRole("option");
  const kinds = samples.classes.flatMap(({ queries }, place) => queries.map(() => place));
  await expect(photos).toHaveCount(kinds.length);
  for (const [i, place] of kinds.entries()) {
    await photos.nth(i).click();
    await kshot.expectAnswer(place);
    await expect(page.locator("#panel-samples")).toContainText(`It is: ${samples.classes[place]?.name.en}`);
  }
});

test("things that the samples never showed are none of these", async ({ kshot, page }) => {
  await kshot.open();
  await kshot.loadSamples();
  const photos = page.getByRole("listbox", { name: "Things it has never seen" }).getByRole("option");
  await expect(photos).toHaveCount(samples.unknown.length);
  for (let i = 0; i < samples.unknown.length; i++) {
    await photos.nth(i).click();
    await kshot.expectNone();
  }
});

test("all sample photos are taken back by one undo", async ({ kshot, page }) => {
  await kshot.open();
  await kshot.loadSamples();
  await page.getByRole("button", { name: "Undo", exact: true }).first().click();
  await expect(page.getByRole("article")).toHaveCount(2);
  await kshot.expectCount(0, 0);
});

test("sample photos that cannot be fetched are told, and come when asked for again", async ({
  kshot,
  page,
}) => {
  await page.route("**/samples/samples.json", (route) => route.abort());
  await kshot.open();
  await page.getByRole("tab", { name: "Samples" }).click();
  await expect(
    page.getByRole("alert").filter({ hasText: "The sample photos could not be loaded." }),
  ).toBeVisible();
  await page.unroute("**/samples/samples.json");
  await page.getByRole("button", { name: "Load the sample photos" }).click();
  await kshot.expectCount(0, 4);
});

test("a sample photo that does not come leaves the classes as they were, and trying again brings all", async ({
  kshot,
  page,
}) => {
  const [, , last = ""] = samples.classes[1]?.shots ?? [];
  await page.route(`**/samples/${last}`, (route) => route.abort());
  await kshot.open();
  await page.getByRole("tab", { name: "Samples" }).click();
  const load = page.getByRole("button", { name: "Load the sample photos" });
  await load.click();
  await expect(page.getByRole("alert").filter({ hasText: "could not be loaded" })).toBeVisible();
  await expect(load).toBeEnabled();
  await expect(page.getByRole("article")).toHaveCount(2);
  await kshot.expectCount(0, 0);
  await expect(page.locator("#undo")).toBeDisabled();
  await page.unroute(`**/samples/${last}`);
  await load.click();
  await kshot.expectCount(3, samples.classes[3]?.shots.length ?? 0);
  await expect(page.getByRole("article")).toHaveCount(samples.classes.length);
});

test("a photo to ask about that does not come is told, and choosing it again asks", async ({
  kshot,
  page,
}) => {
  const [query = ""] = samples.classes[2]?.queries ?? [];
  await page.route(`**/samples/${query}`, (route) => route.abort());
  await kshot.open();
  await kshot.loadSamples();
  const photo = page.getByRole("listbox", { name: "Photos to ask about" }).getByRole("option").nth(8);
  await photo.click();
  const problem = page.getByRole("alert").filter({ hasText: "choose it again" });
  await expect(problem).toBeVisible();
  await page.unroute(`**/samples/${query}`);
  await photo.click();
  await expect(problem).toBeHidden();
  await kshot.expectAnswer(2);
});

test("photos go into a class by its button, are asked about, deleted one by one, and brought back", async ({
  kshot,
  page,
}) => {
  await kshot.open();
  for (const [place, { shots }] of samples.classes.slice(0, 2).entries()) {
    await kshot.addPhotos(place, shots.map(asUpload));
    await kshot.expectCount(place, 4);
    await expect(kshot.shots(place)).toHaveCount(4);
  }
  await kshot.askAbout(asUpload(samples.classes[1]?.queries[2] ?? ""));
  await kshot.expectAnswer(1);
  await kshot.shots(1).first().click();
  await kshot.expectCount(1, 3);
  await page.keyboard.press("Control+z");
  await kshot.expectCount(1, 4);
  await page.keyboard.press("Control+z");
  await kshot.expectCount(1, 0);
});

test("each method that needs no weights answers, and matching takes the cosine", async ({ kshot, page }) => {
  await kshot.open();
  await kshot.loadSamples();
  await page.getByText("How it decides").click();
  for (const name of [/^Siamese/, /^Matching All/, /^Prototypical/]) {
    const method = page.getByRole("radio", { name });
    await method.click();
    await expect(method).toBeChecked();
    for (const place of [0, 1]) {
      await page
        .getByRole("listbox", { name: "Photos to ask about" })
        .getByRole("option")
        .nth(4 * place)
        .click();
      await kshot.expectAnswer(place);
    }
    const metric = page.getByRole("radio", { name: /^Cosine/ });
    if (name.test("Matching All")) {
      await expect(metric).toBeDisabled();
      await expect(metric).toBeChecked();
    } else await expect(metric).toBeEnabled();
  }
});

test("trained methods come when one is chosen, name the photos and are kept; until they come the former goes on", async ({
  kshot,
  page,
}) => {
  const file = "**/camera-*.safetensors";
  let fetched = 0;
  await page.route(file, (route) => route.abort());
  await kshot.open();
  await kshot.loadSamples();
  const photos = page.getByRole("listbox", { name: "Photos to ask about" }).getByRole("option");
  await photos.nth(0).click();
  await kshot.expectAnswer(0);
  await page.getByText("How it decides").click();
  const radio = (name: string | RegExp) => page.getByRole("radio", { name });
  await radio(/^SNAIL/).click();
  const problem = page.getByRole("alert").filter({ hasText: "could not be downloaded" });
  await expect(problem).toContainText("Regression stays in use.");
  await expect(radio(/^Regression/)).toBeChecked();
  await kshot.expectAnswer(0);

  await page.unroute(file);
  await page.route(file, (route) => {
    fetched += 1;
    return route.continue();
  });
  for (const [id, name] of TRAINED) {
    await radio(name).click();
    // The address follows the settings as the engine has them.
    await expect(page).toHaveURL(new RegExp(`method=${id}`));
    await expect(radio(name)).toBeChecked();
    await expect(problem).toBeHidden();
    for (const place of [0, 1, 2, 3]) {
      await photos.nth(4 * place).click();
      await kshot.expectAnswer(place);
    }
  }
  expect(fetched, "one file for all of them, once").toBe(1);
  await expect(page.locator("#keep [data-saved]")).toHaveAttribute("data-saved", "saved");
  await page.goto("./?task=samples");
  await page.getByText("How it decides").click();
  await expect(radio(/^SNAIL/)).toBeChecked();
  await photos.nth(5).click();
  await kshot.expectAnswer(1);

  // One class more than SNAIL was made for.
  const [cup = ""] = samples.classes[0]?.shots ?? [];
  const folders = Array.from({ length: 17 }, (_, i) => [`more ${i}/${cup}`, new Uint8Array(fileOf(cup))]);
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Open file" }).click();
  const zip = Buffer.from(zipSync(Object.fromEntries(folders)));
  await (await chooser).setFiles({ name: "more.zip", mimeType: "application/zip", buffer: zip });
  const fewer = page.getByText("This method takes at most 20 classes");
  await expect(fewer).toBeVisible();
  await kshot.card(20).getByRole("switch").click();
  await expect(fewer).toBeHidden();
  await kshot.expectAnswer(1);
});

test("a class that is switched off takes no part, and a removed one comes back with its shots", async ({
  kshot,
  page,
}) => {
  await kshot.open();
  await kshot.loadSamples();
  await page.getByRole("listbox", { name: "Photos to ask about" }).getByRole("option").nth(5).click();
  await kshot.expectAnswer(1);
  await kshot.card(1).getByRole("switch").click();
  await expect(page.getByRole("list", { name: "Score of each class" }).getByRole("listitem")).toHaveCount(3);
  await kshot.card(1).getByRole("switch").click();
  await kshot.expectAnswer(1);
  await kshot
    .card(1)
    .getByRole("button", { name: /^Remove class/ })
    .click();
  await expect(page.getByRole("article")).toHaveCount(3);
  await page.keyboard.press("Control+z");
  await expect(page.getByRole("article")).toHaveCount(4);
  await kshot.expectCount(1, 4);
  await kshot.expectAnswer(1);
});

test("the space is drawn in the colours of the classes", async ({ kshot, page }) => {
  await kshot.open();
  await kshot.loadSamples();
  const drawn = () =>
    page.evaluate(() => {
      const canvas = document.querySelector("canvas#space-canvas") as HTMLCanvasElement;
      const pixels = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      const there = new Set<string>();
      for (let i = 0; i < pixels.length; i += 4)
        if (pixels[i + 3] === 255) there.add(`rgb(${pixels[i]}, ${pixels[i + 1]}, ${pixels[i + 2]})`);
      const cards = [...document.querySelectorAll("article .key")];
      return cards.filter((key) => there.has(getComputedStyle(key).borderTopColor)).length;
    });
  await expect.poll(drawn).toBe(4);
});
