/**
 * The answer, the largest thing on the page; and for those who cannot see it, in words, when it has
 * stayed the same for a moment.
 */
import type { Answer, ClassScore } from "../types.ts";
import { accentOf, paint } from "./accents.ts";
import type { App } from "./app.ts";
import { find, paragraph, setText } from "./dom.ts";
import { onLanguage, words, wordsOf } from "./language.ts";
import { sayScore, scaleOf } from "./scores.ts";

// Shorter, and a screen reader would talk all the time; longer, and it would be late.
const SETTLED_MS = 600;

/** Starts the answer. `prompt` is what to show, large, while there is none. */
export function startAnswerView(app: App, prompt: () => string): void {
  const element = find("answer");
  const name = find("answer-name");
  const value = find("answer-value");
  let announced = "";
  let candidate = "";
  let timer: ReturnType<typeof setTimeout> | undefined;

  const announce = (text: string) => {
    if (text === candidate) return;
    candidate = text;
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (candidate !== announced) setText(find("announcer"), candidate);
      announced = candidate;
    }, SETTLED_MS);
  };

  const show = (answer: Answer | null) => {
    element.hidden = app.engine === null;
    if (answer === null || answer.scores.length === 0) {
      const { problem } = app;
      const says = problem === null ? null : wordsOf(problem);
      set("prompt", "", says === null ? prompt() : paragraph(says.says, says.todo), "");
      paint(element, null);
      return;
    }
    const best = answer.scores.find(({ classId }) => classId === answer.best);
    if (best === undefined) {
      set("none", "none", words().noneOfThese, "");
      paint(element, null);
      announce(words().announceNone);
    } else {
      set("class", String(best.classId), best.name, sayBest(answer, best));
      paint(element, accentOf(best.classId, []));
      announce(best.name);
    }
  };

  const set = (kind: string, id: string, text: string, score: string) => {
    if (element.dataset.kind !== kind) element.dataset.kind = kind;
    if (element.dataset.answer !== id) element.dataset.answer = id;
    if (name.textContent !== text) {
      name.textContent = text;
      // Long names get smaller type rather than more lines.
      element.style.setProperty("--length", String(Math.max(8, widthOf(text))));
    }
    setText(value, score);
  };

  const refresh = () => show(app.answer);
  app.events.on("answer", show);
  for (const event of ["engine", "support", "picture"] as const) app.events.on(event, refresh);
  onLanguage(refresh);
}

function sayBest(answer: Answer, best: ClassScore): string {
  const scale = scaleOf(answer);
  const text = sayScore(best, scale);
  return scale === "similarity" ? `${words().similarity} ${text}` : text;
}

/** Roughly how many letters wide a text is; Chinese characters count twice. */
function widthOf(text: string): number {
  let width = 0;
  for (const letter of text) width += letter > "\u2e80" ? 2 : 1;
  return width;
}
