import { sharedSource } from "../../formats/sharedSource.ts";
import type { WeightSource } from "../../formats/weightSource.ts";
import { openFlux2 } from "../../models/flux2/index.ts";
import { openTextEncoder } from "../../models/text/index.ts";
import { openVae } from "../../models/vae/index.ts";
import { combo, node, told } from "../declare.ts";
import { CLIP, MODEL, VAE } from "../kinds.ts";
import { diffusionModelOf } from "./diffusionModel.ts";
import { flux2Vae } from "./flux2Vae.ts";
import { openCheckpoint } from "./openCheckpoint.ts";
import { fileFingerprint, loadSource } from "./openFile.ts";
import { textModel } from "./textModel.ts";

const CHECKPOINTS = "checkpoints";

/** The three models of an all-in-one Flux 2 checkpoint. Reads its header; weights move when a node needs them, for each part on its own. */
export const CheckpointLoaderSimple = node({
  name: "CheckpointLoaderSimple",
  displayName: "Load Checkpoint",
  category: "model/loaders",
  description:
    "Loads a file that has a Flux 2 transformer, its text encoder and its VAE. Files of one part each have loaders of their own.",
  pythonModule: "nodes",
  searchAliases: ["load model", "checkpoint", "model loader", "load checkpoint", "ckpt", "model"],
  inputs: {
    ckpt_name: combo(({ list }) => list(CHECKPOINTS), { tooltip: "A file of the folder models/checkpoints." }),
  },
  outputs: {
    MODEL: told(MODEL.output, "The transformer, which takes the noise away."),
    CLIP: told(CLIP.output, "The text encoder, which reads prompts."),
    VAE: told(VAE.output, "The autoencoder between pictures and latents."),
  },
  fingerprint: ({ ckpt_name }, context) => fileFingerprint(CHECKPOINTS, ckpt_name, context),
  async execute({ ckpt_name: name }, context) {
    const file = await openCheckpoint(CHECKPOINTS, name, context);
    // Each part closes its own: another loader may have one part of this file open, which then goes on with that.
    const [first, second, third] = sharedSource(file, 3) as [WeightSource, WeightSource, WeightSource];
    const network = await loadSource(first, openFlux2, context);
    const encoder = await loadSource(second, (source) => openTextEncoder(source), context);
    const vae = await loadSource(third, openVae, context);
    return {
      MODEL: diffusionModelOf(name, network),
      CLIP: textModel(name, encoder.model, encoder.loaded, context.runtime),
      VAE: flux2Vae(name, vae.model, vae.loaded),
    };
  },
});
