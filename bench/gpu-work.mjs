/**
 * Counts what an engine asks of WebGPU: dispatches, submits, uploads, pipelines, and the memory of buffers and textures.
 *
 * The count is taken by wrapping the browser's own methods, in the page, where the peers live, and in the
 * worker, where kshot does; so all are counted by the same measure.
 */

/** Puts the counters into a page and into every worker that it starts. */
export async function countGpuWork(page) {
  await page.addInitScript(installCounters);
  page.on("worker", (worker) => {
    // A worker that ends before it could be told is not counted, and needs not be.
    worker.evaluate(installCounters).catch(() => {});
  });
}

/** The counters now, of the page and its workers together. */
export async function readGpuWork(page) {
  const read = () => globalThis.gpuWork ?? {};
  const counts = await Promise.all([
    page.evaluate(read),
    ...page.workers().map((worker) => worker.evaluate(read)),
  ]);
  const total = {};
  for (const count of counts) {
    for (const [name, value] of Object.entries(count)) total[name] = (total[name] ?? 0) + value;
  }
  return total;
}

/** Runs in the browser, so it stands on its own. */
function installCounters() {
  if (typeof GPUDevice === "undefined") return;
  const work = { dispatches: 0, submits: 0, pipelines: 0, shaders: 0, uploadedBytes: 0, heldBytes: 0 };
  globalThis.gpuWork = work;
  const wrap = (type, name, count) => {
    const original = type.prototype[name];
    type.prototype[name] = function (...args) {
      const result = original.apply(this, args);
      count.call(this, args, result);
      return result;
    };
  };
  wrap(GPUComputePassEncoder, "dispatchWorkgroups", () => work.dispatches++);
  wrap(GPUComputePassEncoder, "dispatchWorkgroupsIndirect", () => work.dispatches++);
  wrap(GPUQueue, "submit", () => work.submits++);
  wrap(GPUDevice, "createComputePipeline", () => work.pipelines++);
  wrap(GPUDevice, "createComputePipelineAsync", () => work.pipelines++);
  wrap(GPUDevice, "createShaderModule", () => work.shaders++);
  wrap(GPUQueue, "writeBuffer", ([, , data, start = 0, length]) => {
    const unit = data.BYTES_PER_ELEMENT ?? 1;
    work.uploadedBytes += (length ?? data.byteLength / unit - start) * unit;
  });

  const alive = new WeakMap();
  const collected = new FinalizationRegistry((size) => {
    work.heldBytes -= size;
  });
  const hold = (resource, size) => {
    work.heldBytes += size;
    alive.set(resource, size);
    collected.register(resource, size, resource);
  };
  const release = function () {
    work.heldBytes -= alive.get(this) ?? 0;
    alive.delete(this);
    collected.unregister(this);
  };
  wrap(GPUDevice, "createBuffer", ([{ size, mappedAtCreation }], buffer) => {
    if (mappedAtCreation) work.uploadedBytes += size;
    hold(buffer, size);
  });
  wrap(GPUBuffer, "destroy", release);
  // Four bytes a pixel: the one kind that is used.
  wrap(GPUDevice, "createTexture", (_, texture) => hold(texture, 4 * texture.width * texture.height));
  wrap(GPUTexture, "destroy", release);
}
