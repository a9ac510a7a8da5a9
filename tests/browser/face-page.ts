/** The face page as a person meets it: by roles and names. `data-answer` and `data-held` are what it promises. */
import { expect, type Locator, type Page } from "@playwright/test";

type Files = Parameters<Locator["setInputFiles"]>[0];

export class FacePage {
  readonly page: Page;
  readonly panel: Locator;

  constructor(page: Page) {
    this.page = page;
    this.panel = page.getByRole("tabpanel", { name: "Face" });
  }

  /** Opens the tab and waits until the networks are there. */
  async open(): Promise<void> {
    await this.page.getByRole("tab", { name: "Face" }).click();
    await this.ready();
  }

  async ready(): Promise<void> {
    await expect(this.threshold).toBeVisible({ timeout: 60_000 });
  }

  button(name: string | RegExp): Locator {
    return this.panel.getByRole("button", { name, exact: typeof name === "string" });
  }

  get answer(): Locator {
    return this.panel.locator("[data-answer]");
  }

  get threshold(): Locator {
    return this.panel.getByRole("slider", { name: /^Threshold/ });
  }

  get people(): Locator {
    return this.panel.getByRole("list", { name: "People" }).getByRole("listitem");
  }

  get alert(): Locator {
    return this.panel.getByRole("alert").filter({ visible: true, hasText: /./ });
  }

  /** Photos of the sample people to ask about. */
  samples(name: string | RegExp): Locator {
    return this.panel.getByRole("group", { name: "Photos to ask about" }).getByRole("button", { name });
  }

  async choose(mode: "Verification" | "Recognition"): Promise<void> {
    await this.panel.getByRole("radio", { name: mode }).check();
  }

  /** Begins to enrol a new person with the camera, which may be off. */
  async enrol(name: string, rounds: 1 | 2 = 1): Promise<void> {
    await this.page.context().grantPermissions(["camera"]);
    if (rounds === 2) await this.panel.getByRole("switch", { name: /^Go round twice/ }).check();
    await this.panel.getByRole("textbox", { name: "Name", exact: true }).fill(name);
    await this.button("Enrol with the camera").click();
    await expect(this.panel.getByText(`Enrolling ${name}`)).toBeVisible();
  }

  /** How many directions of the ring are filled, of all rounds. */
  async filled(): Promise<number> {
    const line = await this.panel.getByText(/^(Round \d of \d: )?\d+ of \d+ directions$/).textContent();
    const [, round = "1", filled = "0", all = "0"] =
      /^(?:Round (\d) of \d: )?(\d+) of (\d+)/.exec(line ?? "") ?? [];
    return (Number(round) - 1) * Number(all) + Number(filled);
  }

  /** What `data-answer` is for somebody who is recognised. */
  async idOf(name: string): Promise<string> {
    const option = this.panel
      .getByRole("combobox", { includeHidden: true })
      .locator("option", { hasText: name });
    return (await option.getAttribute("value")) ?? "";
  }

  async enrolFromPhotos(name: string, files: Files): Promise<void> {
    await this.panel.getByRole("textbox", { name: "Name", exact: true }).fill(name);
    await this.#give(this.button("Enrol from photos"), files);
  }

  async addPhotos(name: string, files: Files): Promise<void> {
    await this.#give(this.button(`Add photos of ${name}`), files);
  }

  async askAbout(files: Files): Promise<void> {
    await this.#give(this.button("Ask about a photo"), files);
  }

  /** The numbers that the page shows of what it holds. */
  async held(): Promise<Record<string, string>> {
    const lines = await this.panel.locator("[data-held]").all();
    const entries = lines.map(async (line) => [
      await line.getAttribute("data-held"),
      (await line.textContent())?.trim(),
    ]);
    return Object.fromEntries(await Promise.all(entries));
  }

  async #give(button: Locator, files: Files): Promise<void> {
    const chooser = this.page.waitForEvent("filechooser");
    await button.click();
    await (await chooser).setFiles(files as string[]);
  }
}
