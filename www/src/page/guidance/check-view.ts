/**
 * "How well your classes hold": how many shots were named rightly when left out, which classes look
 * alike, and the table of what was taken for what. Large sets get no table: it would be a wall.
 */
import type { Guidance, SupportSummary } from "../../types.ts";
import { accentOf, paint } from "../accents.ts";
import type { App } from "../app.ts";
import { find, make } from "../dom.ts";
import { onLanguage } from "../language.ts";
import { guidanceWords } from "./words.ts";

// More columns do not fit beside the picture; the pairs that look alike are named all the same.
const MOST_CLASSES = 12;

/** Starts the view. */
export function startCheckView(app: App): void {
  const details = find<HTMLDetailsElement>("check");
  const summary = make("summary");
  const body = make("div", "check-body");
  details.append(summary, body);
  let found: Guidance | null = null;
  const show = () => {
    summary.replaceChildren(guidanceWords().title);
    body.replaceChildren(...describe(found, app.engine?.support.classes ?? []));
  };
  app.events.on("engine", () => {
    details.hidden = false;
  });
  app.events.on("guidance", (latest) => {
    found = latest;
    show();
  });
  onLanguage(show);
}

function describe(found: Guidance | null, classes: SupportSummary["classes"]): HTMLElement[] {
  const says = guidanceWords();
  if (found === null || found.asked === 0) return [make("p", "fine", says.nothing)];
  const nameOf = (id: number) => classes.find((one) => one.id === id)?.name ?? "";
  const lines: HTMLElement[] = [make("p", "", says.result(found.asked, found.right))];
  for (const [one, other] of found.alike)
    lines.push(make("p", "warn", says.alike(nameOf(one), nameOf(other))));
  if (found.misplaced.length > 0) lines.push(make("p", "warn", says.misplaced(found.misplaced.length)));
  if (found.alike.length === 0 && found.classIds.length > 1) lines.push(make("p", "", says.allApart));
  if (found.classIds.length <= MOST_CLASSES) lines.push(tableOf(found, classes));
  lines.push(make("p", "fine", says.flatters));
  return lines;
}

function tableOf(found: Guidance, classes: SupportSummary["classes"]): HTMLElement {
  const says = guidanceWords();
  const present = classes.map(({ id }) => id);
  const head = (id: number, scope: "col" | "row") => {
    const cell = make("th", "", make("span", "key number", String(present.indexOf(id) + 1)));
    const name = classes.find((one) => one.id === id)?.name ?? "";
    cell.append(make("span", scope === "col" ? "unseen" : "check-name", name));
    cell.title = name;
    cell.scope = scope;
    paint(cell, accentOf(id, present));
    return cell;
  };
  const none = make("th", "", make("span", "", "–"), make("span", "unseen", says.none));
  none.scope = "col";
  none.title = says.none;
  const corner = make("td", "fine", `${says.isRow} ↓ ${says.saidColumn} →`);
  const table = make("table", "confusion", make("caption", "unseen", says.table));
  const columns = found.classIds.map((id) => head(id, "col"));
  table.append(make("thead", "", make("tr", "", corner, ...columns, none)));
  const rows = found.confusion.map((counts, row) => {
    const asked = counts.reduce((sum, count) => sum + count, 0);
    const cells = counts.map((count, column) => {
      const cell = make("td", column === row ? "right number" : "number", count === 0 ? "·" : String(count));
      cell.style.setProperty("--share", String(asked === 0 ? 0 : count / asked));
      return cell;
    });
    return make("tr", "", head(found.classIds[row] ?? -1, "row"), ...cells);
  });
  table.append(make("tbody", "", ...rows));
  return make("div", "confusion-scroll", table);
}
