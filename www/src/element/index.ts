/** The ES module of the element: importing it defines `<k-shot>`. */
import { defineElement } from "./k-shot.ts";

export { KShotElement } from "./k-shot.ts";
export type * from "./types.ts";

defineElement(() => import("./view.ts"));
