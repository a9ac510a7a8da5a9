/** The way to "Put it on a slide": with the task and the names of the classes as they are when it is taken. */
import type { App } from "./app.ts";
import { find } from "./dom.ts";
import { language } from "./language.ts";

/** Starts the link. It opens beside the page, which keeps its shots. */
export function startSlidesLink(app: App): void {
  const link = find<HTMLAnchorElement>("to-slides");
  link.addEventListener("click", () => {
    const url = new URL("slides.html", document.baseURI);
    const names = app.engine?.support.classes.map(({ name }) => name) ?? [];
    if (names.length > 0) url.searchParams.set("classes", names.join(","));
    url.searchParams.set("lang", language());
    link.href = url.href;
  });
}
