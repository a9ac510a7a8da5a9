/**
 * What is to be pasted into each slide tool, for the classes at hand. The host serves the element as `element.js` and
 * alone in a page as `embed.html`.
 */

/** What the element on the slide is to be. */
export interface Wish {
  task: "objects" | "draw" | "face";
  classes: readonly string[];
  /** Only the picture and the answer. */
  bare: boolean;
  /** The folder in which kshot is, with `/` at the end. */
  host: string;
}

/** The slide tools there are. */
export type Tool = "html" | "reveal" | "revealFrame" | "slidev" | "quarto" | "marp";

/** Escapes text for an attribute in double quotes. */
function quote(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}

function attributes({ task, classes, bare }: Wish): [string, string][] {
  const all: [string, string][] = [];
  if (task !== "objects") all.push(["task", task]);
  if (classes.length > 0) all.push(["classes", classes.join(", ")]);
  if (bare) all.push(["controls", "none"]);
  return all;
}

/** The tag, with a height that leaves room for a heading. */
function tag(wish: Wish, style = "height: 80vh"): string {
  const own = attributes(wish).map(([name, value]) => ` ${name}="${quote(value)}"`);
  return `<k-shot${own.join("")} style="${style}"></k-shot>`;
}

/** The address of the element alone. */
export function embedUrl(wish: Wish): string {
  const url = new URL("embed.html", wish.host);
  for (const [name, value] of attributes(wish)) url.searchParams.set(name, value);
  return url.href;
}

function frame(wish: Wish, size = 'width="100%" height="560"'): string {
  return `<iframe src="${quote(embedUrl(wish))}" allow="camera" ${size} style="border: 0" title="kshot"></iframe>`;
}

/** The snippets. */
export const snippets: Record<Tool, (wish: Wish) => string> = {
  html: (wish) =>
    `<script type="module" src="${new URL("element.js", wish.host).href}"></script>\n${tag(wish)}`,
  // A slide of reveal.js is 700 units high, whatever the screen.
  reveal: (wish) =>
    `<script type="module" src="${new URL("element.js", wish.host).href}"></script>\n<section>\n  ${tag(wish, "height: 620px")}\n</section>`,
  revealFrame: (wish) => `<section>\n  ${frame(wish, 'width="960" height="620"')}\n</section>`,
  slidev: (wish) => `---\nlayout: full\n---\n\n${frame(wish, 'width="100%" height="100%"')}`,
  quarto: (wish) => `## Live\n\n\`\`\`{=html}\n${frame(wish)}\n\`\`\``,
  marp: (wish) => `---\n\n${frame(wish)}`,
};
