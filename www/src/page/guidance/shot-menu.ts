/** The menu of a shot that looks like another class: move it there, delete it, or say that it is right. */
import { make, setText } from "../dom.ts";
import { guidanceWords } from "./words.ts";

/** What can be asked for. */
export interface ShotMenuActions {
  move(): void;
  remove(): void;
  keep(): void;
}

// One menu for the page: it belongs to whichever shot was clicked last.
let menu: HTMLElement | null = null;
let current: ShotMenuActions | null = null;

/** Opens the menu beside a shot. */
export function openShotMenu(beside: HTMLElement, looksLike: string, actions: ShotMenuActions): void {
  menu ??= makeMenu();
  current = actions;
  const words = guidanceWords();
  const [says, move, remove, keep] = menu.children;
  if (!says || !move || !remove || !keep) return;
  setText(says, words.looksLikeShot(looksLike));
  setText(move, words.move(looksLike));
  setText(remove, words.remove);
  setText(keep, words.keep);
  menu.showPopover();
  const { left, bottom, top } = beside.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const fits = bottom + height + MARGIN < innerHeight;
  menu.style.left = `${Math.max(MARGIN, Math.min(left, innerWidth - width - MARGIN))}px`;
  menu.style.top = `${fits ? bottom + MARGIN / 2 : Math.max(MARGIN, top - height - MARGIN / 2)}px`;
  (move as HTMLElement).focus();
}

const MARGIN = 8;

function makeMenu(): HTMLElement {
  const made = make("div", "shot-menu", make("p"));
  made.popover = "auto";
  for (const action of ["move", "remove", "keep"] as const) {
    const button = make("button", action === "move" ? "primary" : "tool");
    button.type = "button";
    button.addEventListener("click", () => {
      made.hidePopover();
      current?.[action]();
    });
    made.append(button);
  }
  document.body.append(made);
  return made;
}
