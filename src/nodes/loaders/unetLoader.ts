import { openFlux2 } from "../../models/flux2/index.ts";
import { flux2Sampling } from "../../sampling/flowSampling.ts";
import { combo, file, node } from "../declare.ts";
import { MODEL } from "../kinds.ts";
import { fileFingerprint, openFile } from "./openFile.ts";

const FOLDER = "diffusion_models";
/** Flux 2's cells: 8 pixels of the VAE, packed two by two. */
const CELL = 16;

/** A diffusion model. Reads its header; weights move when a sampler needs them. */
export const UNETLoader = node({
  name: "UNETLoader",
  displayName: "Load Diffusion Model",
  category: "model/loaders",
  inputs: {
    unet_name: file(FOLDER),
    weight_dtype: combo(["default", "fp8_e4m3fn", "fp8_e4m3fn_fast", "fp8_e5m2"], { advanced: true }),
  },
  outputs: { MODEL: MODEL.output },
  fingerprint: ({ unet_name }, context) => fileFingerprint(FOLDER, unet_name, context),
  async execute({ unet_name, weight_dtype }, context) {
    if (weight_dtype !== "default") {
      context.warn(
        `UNETLoader: weight_dtype ${weight_dtype} saves memory by rounding weights; they are used as the file has them, and stream instead`,
      );
    }
    const { model, loaded } = await openFile(FOLDER, unet_name, openFlux2, context);
    const latent = { channels: model.dims.channels, cell: CELL };
    return { MODEL: { file: unet_name, network: model, loaded, sampling: flux2Sampling(), latent } };
  },
});
