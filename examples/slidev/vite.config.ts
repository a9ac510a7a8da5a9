import { defineConfig } from "vite";

export default defineConfig({
  // Its scripts find the files beside them, so they stay where they are.
  optimizeDeps: { exclude: ["kshot"] },
  slidev: {
    vue: {
      template: { compilerOptions: { isCustomElement: (tag: string) => tag === "k-shot" } },
    },
  },
});
