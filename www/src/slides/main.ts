/**
 * "Put it on a slide": the snippet for each tool, for the classes that the address brings (`?classes=mug,key`) or that
 * are typed here; and for tools that show nothing live a link, a QR code and a picture.
 */
import { renderSVG } from "uqr";
import { readAttribute } from "../element/attributes.ts";
import { fromAddress, toAddress } from "../page/address.ts";
import { find, make, setText } from "../page/dom.ts";
import { recall, remember } from "../page/store.ts";
import type { Language } from "../page/words.ts";
import { embedUrl, snippets, type Tool, type Wish } from "./snippets.ts";
import { slideWords } from "./words.ts";

const LANGUAGES: readonly Language[] = ["en", "zh"];
const TASKS = ["objects", "face", "draw"] as const;
const TOOLS = Object.keys(snippets) as Tool[];

let language: Language =
  fromAddress("lang", LANGUAGES) ??
  recall("language", LANGUAGES) ??
  (navigator.language.startsWith("zh") ? "zh" : "en");
const wish: Wish = {
  task: fromAddress("task", TASKS) ?? "objects",
  classes: readAttribute.classes(new URLSearchParams(location.search).get("classes")),
  bare: false,
  host: new URL("./", location.href).href,
};

/** Everything that shows the wish; called when it changes. */
let refresh: (() => void)[] = [];

function build(): void {
  const words = slideWords[language];
  document.documentElement.lang = language === "zh" ? "zh-Hans" : "en";
  document.title = words.title;
  setText(find("language"), words.switchLanguage);
  find("language").lang = language === "zh" ? "en" : "zh-Hans";
  refresh = [];
  find("main").replaceChildren(
    make("h1", "", words.title),
    make("p", "intro", words.intro),
    options(),
    ...TOOLS.map(tool),
    others(),
    make("h2", "", words.blocked),
    make(
      "ul",
      "notes",
      ...words.blockedSays.map((text) => make("li", "", text.replaceAll("HOST", location.origin))),
    ),
  );
  for (const show of refresh) show();
}

function options(): HTMLElement {
  const words = slideWords[language];
  const task = make("select");
  for (const one of TASKS) {
    const option = make("option", "", words.tasks[one]);
    option.value = one;
    task.append(option);
  }
  task.value = wish.task;
  const classes = make("input");
  classes.value = wish.classes.join(", ");
  classes.placeholder = "mug, key";
  const bare = make("input");
  bare.type = "checkbox";
  bare.checked = wish.bare;
  const take = () => {
    wish.task = readAttribute.task(task.value);
    wish.classes = readAttribute.classes(classes.value);
    wish.bare = bare.checked;
    for (const show of refresh) show();
  };
  for (const input of [task, classes, bare]) input.addEventListener("input", take);
  return make(
    "fieldset",
    "",
    make("legend", "", words.options),
    make("label", "", make("span", "", words.task), task),
    make("label", "", make("span", "", words.classes), classes),
    make("label", "check", bare, make("span", "", words.bare)),
  );
}

function tool(name: Tool): HTMLElement {
  const words = slideWords[language];
  const { name: title, says } = words.tools[name];
  const code = make("code");
  const pre = make("pre", "", code);
  pre.tabIndex = 0;
  refresh.push(() => setText(code, snippets[name](wish)));
  const section = make(
    "section",
    "tool",
    make("h2", "", title),
    make("p", "", says),
    pre,
    copyButton(words.copy, words.copyOf(title), () => code.textContent ?? ""),
  );
  section.dataset.tool = name;
  return section;
}

function others(): HTMLElement {
  const words = slideWords[language];
  const link = make("a");
  const qr = make("div", "qr");
  qr.setAttribute("role", "img");
  qr.setAttribute("aria-label", words.qr);
  const picture = make("img", "picture");
  picture.alt = words.poster;
  picture.src = "./social-card.jpg";
  const savePicture = make("a", "button", words.savePoster);
  savePicture.href = picture.src;
  savePicture.download = "kshot.jpg";
  const saveQr = make("a", "button", words.saveQr);
  saveQr.download = "kshot-qr.svg";
  refresh.push(() => {
    link.href = embedUrl(wish);
    setText(link, link.href);
    // Black on white whatever the theme, with the quiet zone of four modules that the standard asks for.
    const svg = renderSVG(link.href, { border: 4 });
    qr.replaceChildren(new DOMParser().parseFromString(svg, "image/svg+xml").documentElement);
    saveQr.href = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  });
  return make(
    "section",
    "tool others",
    make("h2", "", words.other),
    make("p", "", words.otherSays),
    make("p", "link", make("span", "", `${words.link}: `), link),
    copyButton(words.copyLink, words.copyLink, () => link.href),
    make("div", "pictures", make("div", "", qr, saveQr), make("div", "", picture, savePicture)),
  );
}

function copyButton(text: string, label: string, read: () => string): HTMLElement {
  const words = slideWords[language];
  const button = make("button", "button", text);
  button.type = "button";
  button.setAttribute("aria-label", label);
  const told = make("span", "told");
  told.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    // Where the clipboard is closed to the page, as over plain http, the text can still be selected.
    const done = await navigator.clipboard?.writeText(read()).then(
      () => true,
      () => false,
    );
    setText(told, done ? words.copied : words.copyFailed);
  });
  return make("p", "copy", button, told);
}

find("language").addEventListener("click", () => {
  language = language === "en" ? "zh" : "en";
  remember("language", language);
  toAddress("lang", language);
  build();
});
build();
