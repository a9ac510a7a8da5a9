/**
 * The page for iframes: one element that fills it, with the attributes that stand in the address.
 * `embed.html?classes=mug,key&lang=zh&theme=dark`.
 */
import { ATTRIBUTES } from "../element/attributes.ts";
import "../element/index.ts";

const params = new URLSearchParams(location.search);
const element = document.createElement("k-shot");
for (const name of ATTRIBUTES) {
  const value = params.get(name);
  if (value !== null) element.setAttribute(name, value);
}
const lang = element.getAttribute("lang");
if (lang !== null) document.documentElement.lang = lang;
else element.lang = navigator.language;
const theme = params.get("theme");
if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
document.body.append(element);
