/** GPUs that fail, each in its own way: a real one, spoilt in the engine's worker. */
import type { Page } from "@playwright/test";

/** What may go wrong. Each runs in the worker and stands by itself. */
export const FAULTS = {
  "no WebGPU": () => {
    Object.defineProperty(navigator, "gpu", { value: undefined });
  },
  "an adapter that is refused": () => {
    GPU.prototype.requestAdapter = () => Promise.reject(new Error("refused by the test"));
  },
  "an adapter that never comes": () => {
    GPU.prototype.requestAdapter = () => new Promise(() => {});
    // The engine waits for a minute.
    const plain = setTimeout;
    Object.assign(globalThis, {
      setTimeout: (call: () => void, ms: number, ...given: []) => plain(call, ms / 100, ...given),
    });
  },
  "a device that is refused": () => {
    GPUAdapter.prototype.requestDevice = () => Promise.reject(new Error("refused by the test"));
  },
  "a device that is lost at once": () => {
    const plain = GPUAdapter.prototype.requestDevice;
    GPUAdapter.prototype.requestDevice = async function (how) {
      const device = await plain.call(this, how);
      device.destroy();
      return device;
    };
  },
  "a shader that does not compile": () => {
    const plain = GPUDevice.prototype.createShaderModule;
    GPUDevice.prototype.createShaderModule = function (how) {
      return plain.call(this, { ...how, code: `${how.code}\nfn broken( {` });
    };
  },
  "a readback that fails": () => {
    GPUBuffer.prototype.mapAsync = () => Promise.reject(new Error("refused by the test"));
  },
  "numbers that are wrong": () => {
    const plain = GPUBuffer.prototype.getMappedRange;
    GPUBuffer.prototype.getMappedRange = function (...range) {
      const mapped = plain.apply(this, range);
      new Float32Array(mapped).reverse();
      return mapped;
    };
  },
  "a call that throws": () => {
    GPUQueue.prototype.submit = () => {
      throw new Error("thrown by the test");
    };
  },
} satisfies Record<string, () => void>;

/** Every worker that is started from now on has the fault. */
export async function spoilGpu(page: Page, fault: keyof typeof FAULTS): Promise<void> {
  await page.route(/\/worker[^/]*\.[jt]s\b/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `(${FAULTS[fault]})();\n${await response.text()}` });
  });
}
