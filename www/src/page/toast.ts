/** One short message at the top, with undo where it fits. A newer one takes its place. */
import type { KShotError } from "../errors.ts";
import { find, make, paragraph } from "./dom.ts";
import { words, wordsOf } from "./language.ts";

const SHOWN_MS = 6_000;

let timer: ReturnType<typeof setTimeout> | undefined;

/** Shows a message for a few seconds; longer while the pointer or the focus is on it. */
export function showToast(text: string, undo?: () => void): void {
  const toast = find("toast");
  toast.replaceChildren(make("span", "", text));
  if (undo !== undefined) {
    const button = make("button", "toast-action", words().undo);
    button.type = "button";
    button.addEventListener("click", () => {
      hideToast();
      undo();
    });
    toast.append(button);
  }
  toast.classList.add("shown");
  clearTimeout(timer);
  timer = setTimeout(hideWhenLeft, SHOWN_MS);
}

/** Takes the message away if it offers undo: where undo takes back the newest change, that is now another. */
export function retireUndo(): void {
  if (find("toast").querySelector("button") !== null) hideToast();
}

/** Says what is wrong and what to do about it. */
export function showError(error: KShotError): void {
  const { says, todo } = wordsOf(error);
  showToast(paragraph(says, todo));
}

function hideWhenLeft(): void {
  if (find("toast").matches(":hover, :focus-within")) timer = setTimeout(hideWhenLeft, 1_000);
  else hideToast();
}

function hideToast(): void {
  clearTimeout(timer);
  const toast = find("toast");
  toast.classList.remove("shown");
  toast.replaceChildren();
}
