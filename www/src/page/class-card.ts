/** The card of one class: its name, its shots, and every way to add one. It changes nothing itself. */
import type { ClassSummary } from "../types.ts";
import { type Accent, paint } from "./accents.ts";
import { make, makeIcon, makeIconButton, setLabel, setText } from "./dom.ts";
import { acceptDrops, type FoundFile, filesChosen, filesOf } from "./drops.ts";
import { keepWords } from "./keep/words.ts";
import { words } from "./language.ts";
import { GOOD_COUNT, type Recorder } from "./recorder.ts";
import { Refusals } from "./refusals.ts";
import { ShotStrip } from "./shot-strip.ts";

/** What the card's controls ask for. */
export interface CardActions {
  rename(classId: number, name: string): void;
  enable(classId: number, enabled: boolean): void;
  remove(classId: number): void;
  removeShot(classId: number, shotId: number): void;
  pictureOf(shotId: number): Blob | null;
  moveShot(shotId: number): void;
  keepShot(shotId: number): void;
  saveZip(classId: number): void;
  addFiles(card: ClassCard, files: FoundFile[]): void;
}

export class ClassCard {
  readonly element = make("article", "card");
  readonly id: number;
  readonly refusals: Refusals;
  readonly #key = make("span", "key number");
  readonly #name = make("input", "card-name");
  readonly #count = make("span", "card-count number");
  readonly #enabled = make("input", "switch");
  readonly #remove = makeIconButton("trash", "icon-button quiet");
  readonly #strip: ShotStrip;
  readonly #hint = make("p", "card-hint warn");
  readonly #record = make("button", "record");
  readonly #recordText = make("span", "record-text");
  readonly #recordKey = make("kbd", "number");
  readonly #snap = makeTool("snap");
  readonly #photos = makeTool("photo");
  readonly #folder = makeTool("folder");
  readonly #zip = makeTool("save");
  #summary: ClassSummary;

  constructor(summary: ClassSummary, recorder: Recorder, actions: CardActions) {
    this.id = summary.id;
    this.#summary = summary;
    this.element.dataset.classId = String(summary.id);
    this.#enabled.type = "checkbox";
    this.#enabled.setAttribute("role", "switch");
    this.#name.spellcheck = false;
    this.#name.autocomplete = "off";
    this.#name.maxLength = 60;
    this.#record.type = "button";
    this.#record.append(makeRing(), this.#recordText, this.#recordKey);
    this.#strip = new ShotStrip({
      remove: (shotId) => actions.removeShot(this.id, shotId),
      pictureOf: (shotId) => actions.pictureOf(shotId),
      move: (shotId) => actions.moveShot(shotId),
      keep: (shotId) => actions.keepShot(shotId),
    });
    this.refusals = new Refusals();

    const files = makeFileInput();
    const folder = makeFileInput();
    folder.webkitdirectory = true;
    for (const [input, tool] of [
      [files, this.#photos],
      [folder, this.#folder],
    ] as const) {
      tool.element.addEventListener("click", () => input.click());
      input.addEventListener("change", () => {
        const found = filesChosen(input);
        input.value = "";
        actions.addFiles(this, found);
      });
    }
    this.#folder.element.classList.add("folder-tool");
    this.element.append(
      make("header", "card-head", this.#key, this.#name, this.#count, this.#enabled, this.#remove),
      this.#strip.element,
      this.#hint,
      this.#record,
      make(
        "div",
        "card-tools",
        this.#snap.element,
        this.#photos.element,
        this.#folder.element,
        this.#zip.element,
        files,
        folder,
      ),
      this.refusals.element,
    );

    recorder.bind(this.#record, this.id);
    this.#zip.element.addEventListener("click", () => actions.saveZip(this.id));
    this.#snap.element.addEventListener("mousedown", (event) => event.preventDefault());
    this.#snap.element.addEventListener("click", () => recorder.snap(this.id));
    this.#enabled.addEventListener("change", () => actions.enable(this.id, this.#enabled.checked));
    this.#remove.addEventListener("click", () => actions.remove(this.id));
    acceptDrops(this.element, async (transfer) => actions.addFiles(this, await filesOf(transfer)));
    this.#name.addEventListener("focus", () => this.#name.select());
    this.#name.addEventListener("blur", () => {
      const name = this.#name.value.trim();
      if (name === this.#summary.name) this.#name.value = name;
      else actions.rename(this.id, name);
    });
    this.#name.addEventListener("keydown", (event) => {
      if (event.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return;
      if (event.key === "Escape") this.#name.value = this.#summary.name;
      this.#name.blur();
    });
  }

  /** Shows the class as it is now; `number` is its place, from 1. */
  update(summary: ClassSummary, number: number, accent: Accent): void {
    this.#summary = summary;
    const { name, enabled, shots } = summary;
    const says = words();
    paint(this.element, accent);
    this.element.setAttribute("aria-label", name);
    this.element.classList.toggle("disabled", !enabled);
    this.element.classList.toggle("filled", shots.length > 0);
    setText(this.#key, String(number));
    setLabel(this.#name, says.className(number));
    if (document.activeElement !== this.#name) this.#name.value = name;
    setText(this.#count, String(shots.length));
    setLabel(this.#count, says.shotCount(shots.length));
    this.#enabled.checked = enabled;
    setLabel(this.#enabled, says.enabled(name));
    setLabel(this.#remove, says.removeClass(name));
    this.#strip.update(shots, name);
    setLabel(this.#record, says.recordClass(name));
    this.#recordKey.hidden = number > 9;
    setText(this.#recordKey, String(number));
    if (!this.element.classList.contains("recording")) setText(this.#recordText, says.record);
    setText(this.#snap.text, says.snap);
    setLabel(this.#snap.element, says.snapClass(name));
    setText(this.#photos.text, says.photos);
    setLabel(this.#photos.element, says.addPhotos(name));
    setText(this.#folder.text, says.folder);
    setLabel(this.#folder.element, says.addFolder(name));
    setText(this.#zip.text, keepWords().savePhotos);
    setLabel(this.#zip.element, keepWords().savePhotosOf(name));
    this.#zip.element.hidden = shots.length === 0;
  }

  /** Shows what is worth another look: shots by the class they look like, and one line of the whole. */
  showGuidance(looksLike: ReadonlyMap<number, string>, hint: string): void {
    this.#strip.mark(looksLike);
    setText(this.#hint, hint);
  }

  /** Whether a burst is going on. */
  get recording(): boolean {
    return this.element.classList.contains("recording");
  }

  /** Shows a burst with its count, or that it is over. */
  showRecording(count: number | null): void {
    this.element.classList.toggle("recording", count !== null);
    setText(this.#recordText, count === null ? words().record : words().recording(count));
    this.#record.style.setProperty("--progress", String(Math.min((count ?? 0) / GOOD_COUNT, 1)));
  }

  /** Shows how far files have been added; `total` 0 means that it is over. */
  showAdding(done: number, total: number): void {
    setText(this.#photos.text, total === 0 ? words().photos : words().adding(done, total));
    this.#photos.element.disabled = this.#folder.element.disabled = total > 0;
  }

  /** Goes back to the name that the engine knows. */
  resetName(): void {
    this.#name.value = this.#summary.name;
  }

  /** Selects the name, for a class that was just added. */
  focusName(): void {
    this.#name.focus();
  }
}

function makeTool(icon: string): { element: HTMLButtonElement; text: HTMLSpanElement } {
  const text = make("span");
  const element = make("button", "tool", makeIcon(icon), text);
  element.type = "button";
  return { element, text };
}

function makeFileInput(): HTMLInputElement {
  const input = make("input");
  input.type = "file";
  input.accept = "image/*,.zip,.tm";
  input.multiple = true;
  input.hidden = true;
  return input;
}

/** A disc that becomes a ring while recording; its stroke fills with the count. */
function makeRing(): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "ring");
  svg.setAttribute("aria-hidden", "true");
  for (const name of ["ring-track", "ring-fill", "ring-dot"]) {
    const circle = document.createElementNS("http://www.w3.org/2000/svg", "circle");
    circle.setAttribute("class", name);
    circle.setAttribute("cx", "12");
    circle.setAttribute("cy", "12");
    circle.setAttribute("r", name === "ring-dot" ? "5" : "9.5");
    circle.setAttribute("pathLength", "1");
    svg.append(circle);
  }
  return svg;
}
