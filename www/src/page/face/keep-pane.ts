/** Keeping the people: the switch, whether they are saved, files of them, and in plain words what that means. */
import { make, setText } from "../dom.ts";
import { KeepControls } from "../keep/controls.ts";
import type { Files } from "../keep/files.ts";
import type { Keeper } from "../keep/keeper.ts";
import { SavedLine } from "../keep/saved-line.ts";
import { keepWords } from "../keep/words.ts";
import { onLanguage } from "../language.ts";
import { faceWords } from "./words.ts";
import type { FaceWork } from "./work.ts";

export class KeepPane {
  readonly element = make("section", "face-keep");
  readonly #work: FaceWork;
  readonly #keeper: Keeper;
  readonly #switch = make("input", "switch");
  readonly #switchSays = make("span");
  readonly #says = make("p", "fine");
  readonly #fileSays = make("p", "fine");
  readonly #controls: KeepControls;

  constructor(work: FaceWork, keeper: Keeper, files: Files) {
    this.#work = work;
    this.#keeper = keeper;
    this.#switch.type = "checkbox";
    this.#switch.setAttribute("role", "switch");
    this.#switch.addEventListener("change", () => {
      void (this.#switch.checked ? keeper.switchOn() : keeper.switchOff());
    });
    const saved = new SavedLine(keeper);
    this.#controls = new KeepControls(
      saved,
      ".kshot",
      { open: (file) => void files.open(file), save: () => void files.save() },
      () => ({ open: keepWords().openPeopleTitle, save: keepWords().savePeopleTitle }),
    );
    const option = make("label", "face-switch", this.#switch, this.#switchSays);
    this.element.append(option, this.#says, saved.notice, this.#controls.element, this.#fileSays);
    keeper.events.on("state", () => this.#show());
    work.events.on("change", () => this.#show());
    onLanguage(() => this.#show());
  }

  #show(): void {
    const says = faceWords();
    const { faces, task, people } = this.#work;
    this.element.setAttribute("aria-label", says.keep);
    setText(this.#switchSays, says.keep);
    setText(this.#says, this.#keeper.on ? says.keepOn : says.keepOff);
    setText(this.#fileSays, says.keepFile);
    this.#switch.checked = this.#keeper.on;
    this.#switch.disabled = faces === null;
    // Somebody who is being enrolled is not to be replaced under way.
    this.#controls.update(faces !== null && task === "answer", people.length > 0);
  }
}
