import { defineAppSetup } from "@slidev/types";

// The element is defined in the browser alone: Slidev also renders on a server.
export default defineAppSetup(() => {
  if (typeof window !== "undefined") void import("kshot/element");
});
