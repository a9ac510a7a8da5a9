/** The sample drawings to ask about: a list of choices, one stop of the tab key, in the colours of no class. */
import { make, setLabel, setText } from "../dom.ts";
import { inkPicture } from "./ink.ts";
import type { SampleQuery, TaskState } from "./task.ts";
import { drawWords } from "./words.ts";

export class QueriesView {
  readonly element = make("div", "draw-queries");
  readonly #title = make("h3", "draw-title");
  readonly #list = make("div", "query-list");
  readonly #empty = make("p", "fine");
  readonly #choose: (query: SampleQuery) => void;
  #queries: readonly SampleQuery[] = [];
  #chosen: number | null = null;

  constructor(choose: (query: SampleQuery) => void) {
    this.#choose = choose;
    this.#list.setAttribute("role", "listbox");
    this.#list.addEventListener("click", (event) => {
      const query = this.#queryAt(event.target);
      if (query !== undefined) this.#choose(query);
    });
    this.#list.addEventListener("keydown", (event) => this.#onKey(event));
    this.element.append(this.#title, this.#list, this.#empty);
  }

  update({ queries }: TaskState): void {
    const says = drawWords();
    setText(this.#title, says.queries);
    setLabel(this.#list, says.queries);
    this.#list.removeAttribute("title");
    setText(this.#empty, says.queriesEmpty);
    this.#list.hidden = queries.length === 0;
    this.#empty.hidden = queries.length > 0;
    this.#queries = queries;
    const seen = new Map<number, number>();
    this.#list.replaceChildren(
      ...queries.map((query) => {
        const n = (seen.get(query.classId) ?? 0) + 1;
        seen.set(query.classId, n);
        const option = make("div", "query", inkPicture(query.ink));
        option.setAttribute("role", "option");
        option.dataset.query = String(query.id);
        setLabel(option, says.queryLabel(query.classId + 1, n));
        return option;
      }),
    );
    this.mark(this.#chosen);
  }

  /** Shows which drawing is asked about; null for one that is none of these. */
  mark(id: number | null): void {
    this.#chosen = id;
    const stop = this.#queries.some((query) => query.id === id) ? id : this.#queries[0]?.id;
    for (const option of this.#list.children as HTMLCollectionOf<HTMLElement>) {
      option.setAttribute("aria-selected", String(option.dataset.query === String(id)));
      option.tabIndex = option.dataset.query === String(stop) ? 0 : -1;
    }
  }

  /** Moves the focus to the drawing that is asked about. */
  focus(): void {
    this.#list.querySelector<HTMLElement>('[tabindex="0"]')?.focus({ preventScroll: true });
  }

  #queryAt(target: EventTarget | null): SampleQuery | undefined {
    const option = target instanceof Element ? target.closest<HTMLElement>("[data-query]") : null;
    return this.#queries.find(({ id }) => String(id) === option?.dataset.query);
  }

  #onKey(event: KeyboardEvent): void {
    const options = [...this.#list.children] as HTMLElement[];
    const at = options.indexOf(event.target as HTMLElement);
    const first = options[0];
    if (at < 0 || first === undefined) return;
    const columns = options.filter(({ offsetTop }) => offsetTop === first.offsetTop).length;
    const last = options.length - 1;
    const to = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1,
      ArrowDown: at + columns,
      ArrowUp: at - columns,
      Home: 0,
      End: last,
      " ": at,
      Enter: at,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const option = options[Math.min(Math.max(to, 0), last)];
    const query = this.#queryAt(option ?? null);
    option?.focus();
    if (query !== undefined) this.#choose(query);
  }
}
