import { openSafetensors } from "../../src/formats/safetensors.ts";
import { CPLAN, STATUS } from "../../src/ggml/abi.ts";
import { Activations } from "../../src/ggml/activations.ts";
import { GgmlBackend } from "../../src/ggml/backend.ts";
import { freeBuffer, makeBuffer } from "../../src/ggml/buffers.ts";
import { build } from "../../src/ggml/build.ts";
import { listDevices, selectDevice } from "../../src/ggml/devices.ts";
import { findLibrary } from "../../src/ggml/findLibrary.ts";
import { loadLib } from "../../src/ggml/lib.ts";
import { prepare } from "../../src/ggml/prepare.ts";
import { makePool, physicalCores } from "../../src/ggml/threads.ts";
import { type Flux2Shape, openFlux2 } from "../../src/models/flux2/index.ts";
import { compilePass } from "../../src/runtime/compilePass.ts";
import { createFileStore } from "../../src/runtime/fileStore.ts";
import { residentForm } from "../../src/runtime/residentForm.ts";
import { byteLength } from "../../src/tensor/dtype.ts";
import type { DeviceChoice } from "./openDevice.ts";
import { sampleInputs } from "./steps.ts";

/** A step as a C program would run it. */
export interface BareLoop {
  step(): number;
  close(): void;
}

/**
 * The graphs of a pass in a bare loop over ggml: all weights in one buffer, graphs built, planned and placed once, then nothing but
 * calls of ggml one after another on this thread. No residency, no leases, no promises, no event loop: what is left of a step when our
 * own runtime costs nothing. Same lowering, same threads, same placement of activations. Milliseconds a step.
 */
export async function bareLoop(choice: DeviceChoice, file: string, shape: Flux2Shape): Promise<BareLoop> {
  const lib = loadLib(findLibrary({ env: process.env }));
  const { g, cpu } = lib;
  const devices = listDevices(lib);
  const { id } = selectDevice(
    devices.map(({ info }) => info),
    choice.device,
  );
  const device = devices.find(({ info }) => info.id === id)!;
  const { alignment } = device.info;
  const model = openFlux2(await openSafetensors(file));

  // Weights, one after another.
  const forms = new Map(model.weights.map((weight) => [weight.name, residentForm(file, weight)]));
  const offsets = new Map<string, number>();
  let end = 0;
  for (const [name, { bytes }] of forms) {
    offsets.set(name, end);
    end += Math.ceil(bytes / alignment) * alignment;
  }
  const weights = made(makeBuffer(lib, device, end));
  const store = createFileStore();
  for (const [i, { name, entry }] of model.weights.entries()) {
    const form = forms.get(name)!;
    store.add(i, { source: model.source, name: entry.name, form });
    const bytes = new Uint8Array(form.bytes);
    await store.fill(i, 0, bytes);
    g.ggml_backend_tensor_set(weights.all, bytes, offsets.get(name)!, bytes.length);
  }

  const backend = new GgmlBackend(lib, device);
  const compiled = compilePass(model.pass(shape), forms, false, backend);
  const activations = new Activations(lib, device);
  if (!activations.reserve(Math.max(...compiled.activationBytes))) throw new Error("no room for activations");
  const carried = made(makeBuffer(lib, device, compiled.carried.bytes));
  const handle = device.info.kind === "cpu" ? null : made(g.ggml_backend_dev_init(device.handle, null));
  const { threads = physicalCores() } = choice;
  const pool = handle === null ? makePool(lib, threads) : null;

  const stages = compiled.programs.map((program) => {
    const prepared = prepare(lib, device, program, threads);
    const built = build(lib, program, (tensor, leaf) => {
      const [buffer, offset] =
        leaf.kind === "weight"
          ? [weights, offsets.get(leaf.name)!]
          : [carried, compiled.carried.offsets.get(leaf.name)!];
      g.ggml_backend_tensor_alloc(buffer.buffer, tensor, buffer.base + BigInt(offset));
    });
    if (prepared.activations > 0) activations.place(built.graph, program);
    const plan = lib.pinned(CPLAN.bytes);
    if (pool !== null) {
      const { n_threads } = cpu.ggml_graph_plan(built.graph, prepared.threads, pool);
      const fields = new DataView(plan.data.buffer);
      fields.setBigUint64(CPLAN.workSize, BigInt(prepared.work), true);
      fields.setBigUint64(CPLAN.workData, activations.base + BigInt(prepared.activations), true);
      fields.setInt32(CPLAN.threads, n_threads, true);
      fields.setBigUint64(CPLAN.pool, pool, true);
    }
    return { built, plan };
  });

  const values = sampleInputs(model, shape);
  const { def } = compiled;
  const output = new Uint8Array(byteLength(def.carried["out"]!));
  return {
    step() {
      const start = performance.now();
      for (const name of def.inputs) {
        const value = values[name] as Float32Array;
        const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
        g.ggml_backend_tensor_set(carried.all, bytes, compiled.carried.offsets.get(name)!, bytes.length);
      }
      for (const { built, plan } of stages) {
        const status =
          handle === null
            ? cpu.ggml_graph_compute(built.graph, plan.address)
            : g.ggml_backend_graph_compute(handle, built.graph);
        if (status !== STATUS.success) throw new Error(`ggml returned status ${status}`);
      }
      g.ggml_backend_tensor_get(carried.all, output, compiled.carried.offsets.get("out")!, output.length);
      return performance.now() - start;
    },
    close() {
      for (const { built, plan } of stages) {
        built.free();
        plan.release();
      }
      activations.free();
      freeBuffer(lib, weights);
      freeBuffer(lib, carried);
      if (pool !== null) cpu.ggml_threadpool_free(pool);
      if (handle !== null) g.ggml_backend_free(handle);
      void backend.close();
      void model.source.close();
    },
  };
}

function made<T>(thing: T | null): T {
  if (thing === null) throw new Error("the device has no room for this benchmark");
  return thing;
}
