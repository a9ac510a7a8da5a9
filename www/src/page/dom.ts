/** The two ways the page reaches its elements: those in index.html, and those it makes. */

/** An element of index.html by its id; a missing one is a fault in the page itself. */
export function find<T extends Element = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`index.html has no #${id}`);
  return element as Element as T;
}

/** Makes an element with a class and children. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = "",
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className !== "") element.className = className;
  element.append(...children);
  return element;
}

/** A button with an icon of index.html's sprite; its label is set where the words are. */
export function makeIconButton(icon: string, className = "icon-button"): HTMLButtonElement {
  const button = make("button", className);
  button.type = "button";
  button.append(makeIcon(icon));
  return button;
}

/** A quiet button with an icon and a word. */
export function makeTool(icon: string, act: () => void): { button: HTMLButtonElement; text: HTMLElement } {
  const text = make("span");
  const button = make("button", "tool", makeIcon(icon), text);
  button.type = "button";
  button.addEventListener("click", act);
  return { button, text };
}

/** An icon of index.html's sprite. */
export function makeIcon(name: string): SVGSVGElement {
  return makeSvg("svg", { class: "icon", "aria-hidden": "true" }, makeSvg("use", { href: `#icon-${name}` }));
}

/** Makes an SVG element with attributes and children. */
export function makeSvg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string | number>> = {},
  ...children: (Node | string)[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** Sets text only where it differs: most of what is shown stays the same from frame to frame. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Gives a control its accessible name, shown as a tooltip too. */
export function setLabel(element: HTMLElement, label: string): void {
  if (element.getAttribute("aria-label") === label) return;
  element.setAttribute("aria-label", label);
  element.title = label;
}

/** Sentences one after another: a Chinese full stop brings its own space. */
export function paragraph(...sentences: string[]): string {
  return sentences.reduce((text, next) => (text.endsWith("。") ? text + next : `${text} ${next}`));
}
