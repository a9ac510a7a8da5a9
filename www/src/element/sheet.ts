/**
 * Style sheets of the shadow trees: each is parsed once and shared by all elements of a document. They are
 * constructed, not `<style>` elements, so that a strict `style-src` policy lets them be.
 */
const sheets = new Map<string, CSSStyleSheet>();

/** Adds a style sheet to a shadow tree. */
export function useSheet(root: ShadowRoot, css: string): void {
  let sheet = sheets.get(css);
  if (sheet === undefined) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    sheets.set(css, sheet);
  }
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}
