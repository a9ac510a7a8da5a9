/**
 * Whether an element can be seen: on the page, on the slide that is shown, in the tab that is in front. The camera
 * goes by it.
 *
 * A slide that is not shown is still laid out in most decks, beside the screen or under others. So three things are
 * watched: what scrolls or is clipped away (IntersectionObserver), what is hidden by style or by `hidden`,
 * `aria-hidden` and `inert` on anything around (reveal.js marks its slides so), and what a deck around an iframe
 * says (`slide:start` and `slide:stop`, reveal.js again).
 */

/** Attributes with which something around the element hides it. */
const HIDING = ["hidden", "aria-hidden", "inert", "class", "style"];

export class Presence {
  readonly #element: Element;
  readonly #onChange: (shown: boolean) => void;
  readonly #intersection: IntersectionObserver;
  readonly #mutation: MutationObserver;
  #end = new AbortController();
  #inView = false;
  #slideStopped = false;
  #shown = false;

  constructor(element: Element, onChange: (shown: boolean) => void) {
    this.#element = element;
    this.#onChange = onChange;
    this.#intersection = new IntersectionObserver((entries) => {
      this.#inView = entries.at(-1)?.isIntersecting ?? false;
      this.#check();
    });
    this.#mutation = new MutationObserver(() => this.#check());
  }

  get shown(): boolean {
    return this.#shown;
  }

  /** Starts watching, or watches a new place in the page; what was last seen holds until the browser says otherwise. */
  start(): void {
    this.#leave();
    const { signal } = this.#end;
    this.#intersection.observe(this.#element);
    for (let one: Element | null = this.#element; one !== null; one = parentOf(one)) {
      this.#mutation.observe(one, { attributeFilter: HIDING });
      // A slide that fades out is hidden at the end of it.
      one.addEventListener("transitionend", () => this.#check(), { signal });
    }
    document.addEventListener("visibilitychange", () => this.#check(), { signal });
    addEventListener("pagehide", () => this.#say(false), { signal });
    addEventListener("pageshow", () => this.#check(), { signal });
    addEventListener(
      "message",
      ({ data, source }) => {
        if (source !== window.parent || (data !== "slide:start" && data !== "slide:stop")) return;
        this.#slideStopped = data === "slide:stop";
        this.#check();
      },
      { signal },
    );
  }

  stop(): void {
    this.#leave();
    this.#inView = false;
    this.#say(false);
  }

  #leave(): void {
    this.#end.abort();
    this.#end = new AbortController();
    this.#intersection.disconnect();
    this.#mutation.disconnect();
  }

  #check(): void {
    this.#say(this.#inView && !this.#slideStopped && !document.hidden && !this.#isHidden());
  }

  #isHidden(): boolean {
    for (let one: Element | null = this.#element; one !== null; one = parentOf(one)) {
      if (one.getAttribute("aria-hidden") === "true" || one.hasAttribute("inert")) return true;
    }
    // `hidden` may be overruled by a style that lays it out, which reveal.js does with the slides nearby.
    const isSlide = this.#element.closest("section[hidden]") !== null;
    return isSlide || !this.#element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  }

  #say(shown: boolean): void {
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#onChange(shown);
  }
}

/** What is around an element, also out of a shadow tree. */
function parentOf(element: Element): Element | null {
  if (element.parentElement !== null) return element.parentElement;
  const root = element.getRootNode();
  return root instanceof ShadowRoot ? root.host : null;
}
