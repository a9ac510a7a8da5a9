/** The element's icons, drawn inline: a shadow tree does not see the page's sprite. */

const PATHS = {
  brand:
    "M3 8V3h5M16 3h5v5M21 16v5h-5M8 21H3v-5M9 8.1a1.9 1.9 0 1 0 0 3.8 1.9 1.9 0 0 0 0-3.8M15.4 7.1a1.9 1.9 0 1 0 0 3.8 1.9 1.9 0 0 0 0-3.8M12.6 13.5a1.9 1.9 0 1 0 0 3.8 1.9 1.9 0 0 0 0-3.8",
  start: "M8 5.5v13l10.5-6.5z",
  freeze: "M8 5v14M16 5v14",
  flip: "M4 9a8.5 8.5 0 0 1 15-2M20 3v4.5h-4.5M20 15a8.5 8.5 0 0 1-15 2M4 21v-4.5h4.5",
  off: "M12 3v8M6.5 6.5a8 8 0 1 0 11 0",
  undo: "M8 5 4 9l4 4M4.5 9H14a5.5 5.5 0 0 1 0 11H9",
  plus: "M12 4.5v15M4.5 12h15",
  close: "m6 6 12 12M18 6 6 18",
  record: "M12 6.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11",
} as const;

/** The name of an icon. */
export type Icon = keyof typeof PATHS;

/** Makes an icon; what it means is said beside it or in the label of its button. */
export function drawIcon(icon: Icon): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", `icon icon-${icon}`);
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[icon]);
  svg.append(path);
  return svg;
}
