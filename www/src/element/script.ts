/**
 * The element as one script tag, without a module: `<script src="…/kshot.iife.js">`. It holds the poster; the rest
 * is an ES module that lies beside it, or in the folder that the tag's `data-base` names.
 */
import { defineElement, type LoadView } from "./k-shot.ts";

const script = document.currentScript as HTMLScriptElement | null;
const base = script?.dataset.base ?? script?.src ?? "";

defineElement(async () => {
  const parts = (await import(
    /* @vite-ignore */ new URL("view.js", new URL(base, location.href)).href
  )) as Awaited<ReturnType<LoadView>>;
  return parts;
});
