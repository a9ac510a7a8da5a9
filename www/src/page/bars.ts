/** A bar for each answering class, in the order of the cards. Elements are made once and only moved. */
import type { Answer } from "../types.ts";
import { accentOf, paint } from "./accents.ts";
import type { App } from "./app.ts";
import { make, setText } from "./dom.ts";
import { sayScore, scaleOf, scoreOf } from "./scores.ts";

interface Bar {
  row: HTMLLIElement;
  key: HTMLSpanElement;
  name: HTMLSpanElement;
  fill: HTMLSpanElement;
  value: HTMLSpanElement;
}

/** Starts the bars in a list, until the returned function is called. */
export function startBars(app: App, list: HTMLElement, classes = () => classesOf(app)): () => void {
  const bars: Bar[] = [];

  const show = (answer: Answer | null) => {
    const scores = answer?.scores ?? [];
    const scale = answer === null ? "probability" : scaleOf(answer);
    const ids = classes();
    list.hidden = app.engine === null;
    while (bars.length < scores.length) bars.push(makeBar(list));
    while (bars.length > scores.length) bars.pop()?.row.remove();
    list.classList.toggle("many", scores.length > 6);
    list.dataset.scale = scale;
    list.classList.toggle("none", answer !== null && answer.best === null);
    scores.forEach((score, i) => {
      const bar = bars[i];
      if (bar === undefined) return;
      paint(bar.row, accentOf(score.classId, []));
      bar.row.dataset.classId = String(score.classId);
      bar.row.classList.toggle("best", score.classId === answer?.best);
      setText(bar.key, String(ids.indexOf(score.classId) + 1));
      setText(bar.name, score.name);
      setText(bar.value, sayScore(score, scale));
      const width = Math.min(Math.max(scoreOf(score, scale), 0), 1);
      bar.fill.style.transform = `scaleX(${width.toFixed(4)})`;
    });
  };

  const stops = [app.events.on("answer", show), app.events.on("engine", () => show(app.answer))];
  return () => {
    for (const stop of stops) stop();
  };
}

/** The classes in the order of their numbers. */
function classesOf(app: App): number[] {
  return app.engine?.support.classes.map(({ id }) => id) ?? [];
}

function makeBar(list: HTMLElement): Bar {
  const bar = {
    key: make("span", "key number"),
    name: make("span", "bar-name"),
    fill: make("span", "bar-fill"),
    value: make("span", "bar-value number"),
  };
  const track = make("span", "bar-track", bar.fill);
  const row = make("li", "bar-row", bar.key, bar.name, track, bar.value);
  list.append(row);
  return { row, ...bar };
}
