/**
 * The answer, the largest thing on the page, and above it what is asked: verification or recognition. While someone
 * is enrolled or does a challenge the same place says what to do next.
 */
import { accentAt, paint } from "../accents.ts";
import { make, setText } from "../dom.ts";
import { onLanguage } from "../language.ts";
import { type Saying, sayNow } from "./saying.ts";
import { Scores } from "./scores.ts";
import { Steady, steadyAnnouncer } from "./steady.ts";
import { faceWords } from "./words.ts";
import type { FaceWork, Mode } from "./work.ts";

const MODES: readonly Mode[] = ["verify", "recognise"];
/** Advice stands at least this long; answers change with the frame. */
const ADVICE_MS = 250;

export class AnswerPane {
  readonly element = make("section", "face-reading reading");
  readonly #work: FaceWork;
  readonly #modes = make("fieldset", "face-modes");
  readonly #legend = make("legend", "unseen");
  readonly #modeSays = make("p", "face-mode-says");
  readonly #choices = new Map<Mode, { input: HTMLInputElement; text: HTMLElement }>();
  readonly #who = make("label", "face-who");
  readonly #whoSays = make("span");
  readonly #person = make("select");
  readonly #answer = make("div", "answer face-answer");
  readonly #name = make("p", "answer-name");
  readonly #more = make("p", "face-more number");
  readonly #announcer = make("p", "unseen");
  readonly #scores: Scores;
  readonly #tell: Steady;
  readonly #advise: Steady;
  #next: Saying | null = null;
  #shown = "";

  constructor(work: FaceWork) {
    this.#work = work;
    this.#scores = new Scores(work);
    for (const mode of MODES) {
      const input = make("input");
      input.type = "radio";
      input.name = "face-mode";
      input.value = mode;
      input.addEventListener("change", () => work.setMode(mode));
      const text = make("span");
      this.#modes.append(make("label", "face-mode", input, text));
      this.#choices.set(mode, { input, text });
    }
    this.#modes.prepend(this.#legend);
    this.#who.append(this.#whoSays, this.#person);
    this.#person.addEventListener("change", () => work.setPerson(Number(this.#person.value)));
    this.#announcer.setAttribute("aria-live", "polite");
    this.#announcer.setAttribute("role", "status");
    this.#answer.append(this.#name, this.#more);
    const asked = make("div", "face-asked", this.#modes, this.#who);
    this.element.append(asked, this.#modeSays, this.#answer, this.#announcer, this.#scores.element);
    this.#tell = steadyAnnouncer(this.#announcer);
    this.#advise = new Steady(ADVICE_MS, () => {
      if (this.#next !== null) this.#put(this.#next);
    });
    work.events.on("seen", () => this.#show());
    work.events.on("change", () => {
      this.#showAsked();
      this.#show();
    });
    onLanguage(() => {
      this.#showAsked();
      this.#show();
    });
  }

  #showAsked(): void {
    const says = faceWords();
    const { mode, enrolled, person } = this.#work;
    this.element.setAttribute("aria-label", says.answer);
    setText(this.#legend, says.modes);
    for (const [one, { input, text }] of this.#choices) {
      input.checked = one === mode;
      setText(text, says[one]);
    }
    setText(this.#modeSays, mode === "verify" ? says.verifySays : says.recogniseSays);
    setText(this.#whoSays, says.person);
    const same = [...this.#person.options].map(({ value, text }) => `${value} ${text}`).join("\n");
    if (same !== enrolled.map(({ id, name }) => `${id} ${name}`).join("\n"))
      this.#person.replaceChildren(...enrolled.map(({ id, name }) => new Option(name, String(id))));
    this.#person.value = String(person?.id ?? "");
    this.#who.hidden = mode !== "verify" || enrolled.length < 2;
  }

  #show(): void {
    const saying = sayNow(this.#work);
    this.#next = saying;
    // An answer goes with its frame; advice that came and went within a moment is of no use.
    const key = `${saying.kind} ${saying.says}`;
    this.#advise.set(key, saying.kind !== "advice");
    // The line under it counts seconds, which goes on by itself.
    if (key === this.#shown) this.#put(saying);
    this.#tell.set(saying.told);
    this.#scores.update();
  }

  #put({ kind, answer, says, more, personId }: Saying): void {
    this.#shown = `${kind} ${says}`;
    this.#answer.dataset.kind = kind;
    this.#answer.dataset.answer = answer;
    setText(this.#name, says);
    setText(this.#more, more);
    this.#answer.style.setProperty("--length", String(Math.max(8, widthOf(says))));
    paint(this.#answer, kind === "person" && personId !== null ? accentAt(personId) : null);
  }
}

/** Roughly how many letters wide a text is; Chinese characters count twice. */
function widthOf(text: string): number {
  let width = 0;
  for (const letter of text) width += letter > "\u2e80" ? 2 : 1;
  return width;
}
