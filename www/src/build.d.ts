/** What vite.config.ts adds to the build. */

/** The JavaScript that wasm-bindgen wrote beside the module, for the target that was built. */
declare module "virtual:kshot-glue";

/** Bytes of the files as built, for progress bars where the server compresses and hides the length. */
declare const __MODULE_BYTES__: number;
declare const __WEIGHTS_BYTES__: number;
declare const __FACES_BYTES__: number;
declare const __METHODS_BYTES__: number;
declare const __LAB_BYTES__: { weights: number; characters: number };
