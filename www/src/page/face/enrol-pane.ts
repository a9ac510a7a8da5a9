/**
 * Enrolling: a name, then the camera or photos. While the ring fills it says how far it is, and can be ended early or
 * broken off. What to do next stands where answers stand (answer-pane.ts).
 */
import { make, setLabel, setText } from "../dom.ts";
import { onLanguage } from "../language.ts";
import { faceWords } from "./words.ts";
import type { FaceWork } from "./work.ts";

/** What the pane asks for. */
export interface EnrolActions {
  /** Enrol a new person with the camera. */
  camera(name: string, passes: 1 | 2): void;
  /** Or from photos that are to be chosen. */
  photos(name: string): void;
}

export class EnrolPane {
  readonly element = make("div", "face-enrol");
  readonly #work: FaceWork;
  readonly #form = make("form", "face-form");
  readonly #label = make("label", "face-name");
  readonly #labelSays = make("span");
  readonly #name = make("input");
  readonly #camera = make("button", "primary");
  readonly #photos = make("button", "link");
  readonly #twice = make("input");
  readonly #twiceSays = make("span");
  readonly #running = make("div", "face-running");
  readonly #title = make("p", "says");
  readonly #bar = make("progress");
  readonly #line = make("p", "number");
  readonly #finish = make("button", "primary");
  readonly #cancel = make("button", "link");

  constructor(work: FaceWork, actions: EnrolActions) {
    this.#work = work;
    this.#name.type = "text";
    this.#name.autocomplete = "off";
    this.#name.maxLength = 40;
    this.#twice.type = "checkbox";
    this.#twice.className = "switch";
    this.#twice.setAttribute("role", "switch");
    this.#camera.type = "submit";
    for (const button of [this.#photos, this.#finish, this.#cancel]) button.type = "button";
    this.#label.append(this.#labelSays, this.#name);
    this.#form.append(this.#label, make("div", "face-buttons", this.#camera, this.#photos));
    this.#form.append(make("label", "face-switch", this.#twice, this.#twiceSays));
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      actions.camera(this.#takeName(), this.#twice.checked ? 2 : 1);
    });
    this.#photos.addEventListener("click", () => actions.photos(this.#takeName()));
    this.#finish.addEventListener("click", () => void work.finishEnrolment());
    this.#cancel.addEventListener("click", () => void work.cancelTask());
    this.#bar.id = "face-ring-bar";
    this.#title.id = "face-ring-title";
    this.#bar.setAttribute("aria-labelledby", this.#title.id);
    this.#running.append(this.#title, this.#bar, this.#line);
    this.#running.append(make("div", "face-buttons", this.#finish, this.#cancel));
    this.element.append(this.#form, this.#running);
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && work.task === "enrol") void work.cancelTask();
    });
    work.events.on("change", () => this.#show());
    work.events.on("seen", () => this.#show());
    onLanguage(() => this.#show());
  }

  /** What is given when nothing was typed counts on from the people there are. */
  #takeName(): string {
    const name = this.#name.value.trim() || faceWords().newName(this.#work.people.length + 1);
    this.#name.value = "";
    return name;
  }

  #show(): void {
    const says = faceWords();
    const { task, enrolment, faces } = this.#work;
    const running = task === "enrol" && enrolment !== null;
    const focused = this.element.contains(document.activeElement);
    const changed = this.#running.hidden === running;
    this.#form.hidden = running;
    this.#running.hidden = !running;
    setText(this.#labelSays, says.name);
    this.#name.placeholder = says.namePlaceholder;
    setText(this.#camera, says.enrol);
    setText(this.#photos, says.fromPhotos);
    setText(this.#twiceSays, says.twoPasses);
    this.#camera.disabled = this.#photos.disabled = faces === null || task === "challenge";
    if (running) {
      const { name, segments, pass, passes, shots } = enrolment;
      const filled = segments.filter((segment) => segment.filled >= pass).length;
      setText(this.#title, says.enrolling(name));
      this.#bar.max = segments.length * passes;
      this.#bar.value = segments.reduce((sum, segment) => sum + Math.min(segment.filled, passes), 0);
      const line =
        passes > 1
          ? says.ringPass(filled, segments.length, pass, passes)
          : says.ring(filled, segments.length);
      setText(this.#line, line);
      setText(this.#finish, says.finish);
      setLabel(this.#finish, `${says.finish}: ${says.finishSays}`);
      this.#finish.disabled = shots === 0;
      setText(this.#cancel, says.cancel);
    }
    // What was pressed is gone: the focus goes on to what took its place.
    if (changed && focused) (running ? this.#cancel : this.#name).focus();
  }
}
