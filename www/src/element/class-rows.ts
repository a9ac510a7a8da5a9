/** A row for each class: its name, how many shots it has, and a button that records while it is held. */
import { asKShotError, KShotError } from "../errors.ts";
import { accentOf, paint } from "../page/accents.ts";
import { make, setLabel, setText } from "../page/dom.ts";
import type { Recorder } from "../page/recorder.ts";
import { GOOD_COUNT } from "../page/recorder.ts";
import type { ClassSummary } from "../types.ts";
import { drawIcon } from "./icons.ts";
import type { View } from "./view.ts";

interface Row {
  id: number;
  item: HTMLLIElement;
  key: HTMLSpanElement;
  name: HTMLInputElement;
  count: HTMLSpanElement;
  fill: HTMLSpanElement;
  record: HTMLButtonElement;
  label: HTMLSpanElement;
  remove: HTMLButtonElement;
}

export class ClassRows {
  readonly element: HTMLElement;
  readonly #view: View;
  readonly #recorder: Recorder;
  readonly #openCamera: () => Promise<void>;
  readonly #list = make("ol", "rows");
  readonly #add = make("button", "tool");
  readonly #undo = make("button", "tool");
  readonly #addLabel = make("span");
  readonly #undoLabel = make("span");
  readonly #problem = make("p", "problem");
  readonly #stops: (() => void)[];
  #rows: Row[] = [];

  constructor(view: View, recorder: Recorder, openCamera: () => Promise<void>) {
    this.#view = view;
    this.#recorder = recorder;
    this.#openCamera = openCamera;
    this.#list.part.add("classes");
    this.#problem.setAttribute("role", "alert");
    this.#problem.hidden = true;
    this.#add.append(drawIcon("plus"), this.#addLabel);
    this.#undo.append(drawIcon("undo"), this.#undoLabel);
    for (const button of [this.#add, this.#undo]) button.type = "button";
    this.#add.addEventListener("click", () => this.#change(() => this.#addClass()));
    this.#undo.addEventListener("click", () => this.#change(() => view.app.history.undo()));
    const tools = make("div", "tools", this.#add, this.#undo);
    this.element = make("div", "classes", this.#list, this.#problem, tools);
    this.#stops = [
      view.app.events.on("support", () => this.say()),
      recorder.events.on("recording", ({ classId, count }) => this.#onRecording(classId, count)),
      recorder.events.on("noPicture", () => void this.#openCamera()),
      recorder.events.on("failed", ({ error }) => this.#fail(error)),
    ];
  }

  /** The class in a place, from 0. */
  classAt(place: number): number | undefined {
    return this.#view.host.controls === "full" ? this.#rows[place]?.id : undefined;
  }

  /** Records until it is released, or until the class has the shots that are asked for. */
  press(classId: number): void {
    if (!this.#isFull(classId)) this.#recorder.press(classId);
  }

  say(): void {
    const classes = this.#view.kshot?.support.classes ?? [];
    const { words } = this.#view;
    this.#rows = this.#rows.filter((row) => {
      const stays = classes.some(({ id }) => id === row.id);
      if (!stays) row.item.remove();
      return stays;
    });
    for (const [place, one] of classes.entries()) {
      let row = this.#rows.find(({ id }) => id === one.id);
      if (row === undefined) {
        row = this.#makeRow(one.id);
        this.#rows.push(row);
        paint(
          row.item,
          accentOf(
            one.id,
            classes.map(({ id }) => id),
          ),
        );
      }
      if (this.#list.children[place] !== row.item)
        this.#list.insertBefore(row.item, this.#list.children[place] ?? null);
      this.#sayRow(row, one, place);
    }
    this.#rows.sort(
      (a, b) => classes.findIndex(({ id }) => id === a.id) - classes.findIndex(({ id }) => id === b.id),
    );
    setText(this.#addLabel, words.addClass);
    setText(this.#undoLabel, words.undo);
    this.#undo.disabled = !this.#view.app.history.possible;
  }

  dispose(): void {
    for (const stop of this.#stops) stop();
  }

  #sayRow(row: Row, one: ClassSummary, place: number): void {
    const { words, host } = this.#view;
    const count = one.shots.length;
    const goal = host.shots ?? GOOD_COUNT;
    setText(row.key, String(place + 1));
    if (row.item.getRootNode() instanceof ShadowRoot && row.name !== activeIn(row.item))
      row.name.value = one.name;
    setLabel(row.name, words.className(place + 1));
    setText(row.count, host.shots === null ? String(count) : `${count} / ${host.shots}`);
    setLabel(row.count, words.shotCount(count));
    row.count.removeAttribute("title");
    row.fill.style.transform = `scaleX(${Math.min(1, count / goal)})`;
    setText(row.label, words.record);
    setLabel(row.record, words.recordClass(one.name));
    row.record.disabled = this.#isFull(one.id);
    setLabel(row.remove, words.removeClass(one.name));
  }

  #makeRow(id: number): Row {
    const row: Row = {
      id,
      item: make("li", "row"),
      key: make("span", "key number"),
      name: make("input", "name"),
      count: make("span", "count number"),
      fill: make("span", "fill"),
      record: make("button", "record"),
      label: make("span"),
      remove: make("button", "remove"),
    };
    row.item.part.add("class");
    row.item.dataset.classId = String(id);
    row.record.part.add("record");
    row.record.type = row.remove.type = "button";
    row.record.append(row.fill, drawIcon("record"), row.label);
    row.remove.append(drawIcon("close"));
    row.count.setAttribute("role", "img");
    row.name.spellcheck = false;
    row.name.addEventListener("change", () => this.#rename(row));
    row.remove.addEventListener("click", () => this.#change(async () => this.#view.kshot?.removeClass(id)));
    this.#recorder.bind(row.record, id);
    row.item.append(row.key, row.name, row.count, row.record, row.remove);
    return row;
  }

  #rename(row: Row): void {
    const name = row.name.value.trim();
    const before = this.#view.kshot?.support.classes.find(({ id }) => id === row.id)?.name ?? "";
    if (name === "" || name === before) row.name.value = before;
    else this.#change(async () => this.#view.kshot?.renameClass(row.id, name));
  }

  async #addClass(): Promise<void> {
    const { kshot, words } = this.#view;
    await kshot?.addClass(words.newClassName(this.#rows.length + 1));
    this.#rows.at(-1)?.name.select();
  }

  #onRecording(classId: number, count: number | null): void {
    const row = this.#rows.find(({ id }) => id === classId);
    const one = this.#view.kshot?.support.classes.find(({ id }) => id === classId);
    row?.item.classList.toggle("recording", count !== null);
    if (this.#isFull(classId)) this.#recorder.stop(classId);
    if (count === null || count === 0 || one === undefined) return;
    this.#problem.hidden = true;
    this.#view.tell("shot", {
      classId,
      name: one.name,
      shotId: one.shots.at(-1) ?? null,
      count: one.shots.length,
    });
  }

  #isFull(classId: number): boolean {
    const { shots } = this.#view.host;
    const count = this.#view.kshot?.support.classes.find(({ id }) => id === classId)?.shots.length ?? 0;
    return shots !== null && count >= shots;
  }

  #change(change: () => Promise<unknown>): void {
    this.#problem.hidden = true;
    change().then(
      () => this.say(),
      (error) => this.#fail(error),
    );
  }

  #fail(error: unknown): void {
    const known = error instanceof KShotError ? error : asKShotError(error, "engine_crashed");
    const { says, todo } = this.#view.wordsOf(known);
    setText(this.#problem, `${says} ${todo}`);
    this.#problem.hidden = false;
    this.#view.tellError(known);
  }
}

/** What has the focus in the tree of an element. */
function activeIn(element: Element): Element | null {
  const root = element.getRootNode();
  return root instanceof ShadowRoot ? root.activeElement : document.activeElement;
}
