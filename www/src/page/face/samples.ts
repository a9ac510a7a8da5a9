/**
 * Sample people, so that all of this works without a camera: one click enrols them from a few photos each, then other
 * photos of theirs, and of strangers, can be asked about.
 */
import { KShotError } from "../../errors.ts";
import { make, setLabel, setText } from "../dom.ts";
import { nameIn, onLanguage, wordsOf } from "../language.ts";
import type { Refusals } from "../refusals.ts";
import type { Language } from "../words.ts";
import { addPhotos, type NamedPhoto } from "./add-photos.ts";
import { faceWords } from "./words.ts";
import type { FaceWork } from "./work.ts";

interface SamplePeople {
  credit: Record<Language, string>;
  people: { name: Record<Language, string>; shots: string[]; queries: string[] }[];
  strangers: { name: Record<Language, string>; queries: string[] }[];
}

const FOLDER = "./samples/faces/";

export class FaceSamples {
  readonly element = make("div", "face-samples");
  readonly #work: FaceWork;
  readonly #refusals: Refusals;
  readonly #ask: (photo: Blob, name: string) => Promise<void>;
  readonly #load = make("button", "link");
  readonly #says = make("p", "fine");
  readonly #problem = make("p", "error-line");
  readonly #title = make("h3", "sample-title");
  readonly #photos = make("div", "face-sample-photos");
  readonly #truth = make("p", "sample-truth");
  readonly #credit = make("p", "fine");
  #list: SamplePeople | null = null;
  #buttons: { button: HTMLButtonElement; name: Record<Language, string>; place: number }[] = [];
  #chosen: Record<Language, string> | null = null;
  #busy = false;

  constructor(work: FaceWork, refusals: Refusals, ask: (photo: Blob, name: string) => Promise<void>) {
    this.#work = work;
    this.#refusals = refusals;
    this.#ask = ask;
    this.#load.type = "button";
    this.#load.addEventListener("click", () => void this.#enrol());
    this.#problem.setAttribute("role", "alert");
    this.#truth.setAttribute("role", "status");
    this.#photos.setAttribute("role", "group");
    this.element.append(this.#load, this.#says, this.#problem, this.#title, this.#photos);
    this.element.append(this.#truth, this.#credit);
    work.events.on("change", () => this.#show());
    work.events.on("seen", (seen) => {
      // Another picture than the sample that was chosen.
      if (seen === null) this.#choose(null);
    });
    onLanguage(() => this.#show());
  }

  async #enrol(): Promise<void> {
    const { faces } = this.#work;
    if (faces === null || this.#busy) return;
    this.#busy = true;
    setText(this.#problem, "");
    this.#show();
    try {
      this.#list ??= await fetchList();
      for (const { name, shots } of this.#list.people) {
        const photos: NamedPhoto[] = [];
        for (const file of shots) photos.push({ name: file, photo: await fetchPhoto(file) });
        const personId = await faces.addPerson(nameIn(name));
        await addPhotos(faces, personId, photos, this.#refusals, () => {});
      }
      this.#makeButtons(this.#list);
      this.#buttons[0]?.button.focus();
      this.#buttons[0]?.button.click();
    } catch (error) {
      const text = error instanceof KShotError ? wordsOf(error).says : faceWords().samplesFailed;
      setText(this.#problem, text);
    } finally {
      this.#busy = false;
      this.#show();
    }
  }

  #makeButtons({ people, strangers }: SamplePeople): void {
    const all = [...people, ...strangers].flatMap(({ name, queries }) =>
      queries.map((file, place) => ({ name, file, place })),
    );
    this.#buttons = all.map(({ name, file, place }) => {
      const image = make("img");
      image.src = FOLDER + file;
      image.alt = "";
      const button = make("button", "sample", image);
      button.type = "button";
      button.addEventListener("click", () => void this.#onClick(button, file, name));
      return { button, name, place };
    });
    this.#photos.replaceChildren(...this.#buttons.map(({ button }) => button));
  }

  async #onClick(button: HTMLButtonElement, file: string, name: Record<Language, string>): Promise<void> {
    try {
      await this.#ask(await fetchPhoto(file), nameIn(name));
      this.#choose(name, button);
    } catch {
      setText(this.#problem, faceWords().samplesFailed);
    }
  }

  #choose(name: Record<Language, string> | null, chosen?: HTMLButtonElement): void {
    this.#chosen = name;
    for (const { button } of this.#buttons) button.setAttribute("aria-pressed", String(button === chosen));
    setText(this.#truth, name === null ? "" : faceWords().itIs(nameIn(name)));
  }

  #show(): void {
    const says = faceWords();
    const { faces, people } = this.#work;
    setText(this.#load, says.samples);
    this.#load.hidden = people.length > 0 || this.#busy;
    this.#load.disabled = faces === null;
    setText(this.#says, this.#busy ? says.samplesLoading : "");
    setText(this.#title, says.samplePhotos);
    setLabel(this.#photos, says.samplePhotos);
    this.#title.hidden = this.#photos.hidden = this.#credit.hidden = this.#buttons.length === 0;
    for (const { button, name, place } of this.#buttons)
      setLabel(button, says.samplePhoto(nameIn(name), place + 1));
    if (this.#list !== null) setText(this.#credit, nameIn(this.#list.credit));
    if (this.#chosen !== null) setText(this.#truth, says.itIs(nameIn(this.#chosen)));
  }
}

async function fetchList(): Promise<SamplePeople> {
  const response = await fetch(`${FOLDER}faces.json`);
  if (!response.ok) throw new Error(`faces.json: ${response.status}`);
  return (await response.json()) as SamplePeople;
}

async function fetchPhoto(file: string): Promise<Blob> {
  const response = await fetch(FOLDER + file);
  if (!response.ok) throw new Error(`${file}: ${response.status}`);
  return response.blob();
}
