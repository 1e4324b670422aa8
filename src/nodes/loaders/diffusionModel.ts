import type { QuantOptions } from "../../formats/quant/checkpoint/quantOptions.ts";
import { type Flux2Model, openFlux2 } from "../../models/flux2/index.ts";
import type { LoadedModel } from "../../runtime/runtime.ts";
import { flux2Sampling } from "../../sampling/flowSampling.ts";
import type { WeirContext } from "../context.ts";
import type { DiffusionModel } from "../values.ts";
import { openFile } from "./openFile.ts";

export const DIFFUSION_MODELS = "diffusion_models";
/** Flux 2's cells: 8 pixels of the VAE, packed two by two. */
const CELL = 16;

/** A MODEL value from a file: what its header says of it. `cast`: as `openFile`. Throws as `openFile` does. */
export async function diffusionModel(
  name: string,
  context: WeirContext,
  cast?: QuantOptions["cast"],
): Promise<DiffusionModel> {
  return diffusionModelOf(name, await openFile(DIFFUSION_MODELS, name, openFlux2, context, cast));
}

/** The same of a model that is open. */
export function diffusionModelOf(
  name: string,
  { model, loaded }: { readonly model: Flux2Model; readonly loaded: LoadedModel },
): DiffusionModel {
  const latent = { channels: model.dims.channels, cell: CELL };
  return { file: name, network: model, loaded, sampling: flux2Sampling(), latent };
}
