import type { WeightSource } from "../../src/formats/weightSource.ts";
import { type Flux2Model, openFlux2 } from "../../src/models/flux2/index.ts";
import type { Latent } from "../../src/nodes/values.ts";
import type { LoadedModel } from "../../src/runtime/runtime.ts";
import type { GoldenCase } from "./goldenCase.ts";
import { type GoldenDevice, loadModel } from "./goldenDevice.ts";
import { param } from "./params.ts";

/** The transformer of a flux2 case: "dev" is the whole weights file, "klein" the same without `guidance_in`. */
export function loadFlux2(
  golden: GoldenCase,
  device: GoldenDevice,
): Promise<{ readonly model: Flux2Model; readonly loaded: LoadedModel }> {
  const klein = param(golden, "model", "string") === "klein";
  return loadModel(device, golden.find(`${param(golden, "weights", "string")}.safetensors`), (source) =>
    openFlux2(klein ? without(source, /(^|\.)guidance_in\./) : source),
  );
}

/** Reference latents, `in.ref.N`. */
export function references(golden: GoldenCase): readonly Latent[] {
  return [...golden.inputs]
    .filter(([name]) => name.startsWith("ref."))
    .map(([, { shape, data }]) => {
      const [batch, channels, height, width] = shape as [number, number, number, number];
      return { batch, channels, height, width, samples: data as Float32Array };
    });
}

/** The same file as one that lacks some tensors: under a path of its own, since it is another model. */
function without(source: WeightSource, names: RegExp): WeightSource {
  return {
    path: `${source.path} without ${names.source}`,
    fileBytes: source.fileBytes,
    identity: source.identity,
    metadata: source.metadata,
    tensors: new Map([...source.tensors].filter(([name]) => !names.test(name))),
    read: (name, offset, into) => source.read(name, offset, into),
    close: () => source.close(),
  };
}
