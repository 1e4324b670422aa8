import { openSafetensors } from "../../src/formats/safetensors.ts";
import type { WeightSource } from "../../src/formats/weightSource.ts";
import type { Inputs } from "../../src/models/inputs.ts";
import type { Model } from "../../src/models/model.ts";
import type { Companions, LoadedModel, Precision, Runtime } from "../../src/runtime/runtime.ts";
import type { PassDef } from "../../src/tensor/stage.ts";

/** Where model kinds compute: one device for all cases of a run, opened by the first that needs it. */
export interface GoldenDevice {
  /** `fp32` is what the tolerances are made for; `native` shows what the file's own precision costs. */
  readonly precision: Precision;
  runtime(): Promise<Runtime>;
  close(): Promise<void>;
}

/** A device that `open` makes on first use. */
export function lazyDevice(precision: Precision, open: () => Promise<Runtime>): GoldenDevice {
  let opened: Promise<Runtime> | undefined;
  return {
    precision,
    runtime: () => (opened ??= open()),
    close: async () => {
      const runtime = opened;
      opened = undefined;
      await (await runtime)?.close();
    },
  };
}

/** Opens a weights file as a model and makes it known to the device; the same file twice is one model. */
export async function loadModel<T extends Model>(
  device: GoldenDevice,
  file: string,
  open: (source: WeightSource) => T,
): Promise<{ readonly model: T; readonly loaded: LoadedModel }> {
  const runtime = await device.runtime();
  const loaded = runtime.load(open(await openSafetensors(file)));
  return { model: loaded.model as T, loaded };
}

/** One pass over one input; `also`: carried tensors to read beside the pass's own outputs; `companions`: LoRAs. */
export async function runPass(
  loaded: LoadedModel,
  pass: PassDef,
  inputs: Inputs,
  also: readonly string[] = [],
  companions?: Companions,
): Promise<Readonly<Record<string, Float32Array>>> {
  const outputs = [...new Set([...pass.outputs, ...also])];
  const run = await loaded.begin([{ ...pass, key: `${pass.key} reading ${outputs}`, outputs }], {
    repeat: 1,
    ...(companions && { companions }),
  });
  try {
    const [result] = await run.pass([inputs]);
    return result!;
  } finally {
    run.end();
  }
}
