import { openFlux2 } from "../../models/flux2/index.ts";
import { openTextEncoder } from "../../models/text/index.ts";
import { openVae } from "../../models/vae/index.ts";
import { combo, node, told } from "../declare.ts";
import { CLIP, MODEL, VAE } from "../kinds.ts";
import { checkCheckpoint } from "./checkCheckpoint.ts";
import { diffusionModelOf } from "./diffusionModel.ts";
import { flux2Vae } from "./flux2Vae.ts";
import { fileFingerprint, openFile } from "./openFile.ts";
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
    await checkCheckpoint(CHECKPOINTS, name, context);
    // Each part has an opening of its own: another loader may have one part of this file open, and then shares that.
    const network = await openFile(CHECKPOINTS, name, openFlux2, context);
    const encoder = await openFile(CHECKPOINTS, name, (source) => openTextEncoder(source), context);
    const vae = await openFile(CHECKPOINTS, name, openVae, context);
    return {
      MODEL: diffusionModelOf(name, network),
      CLIP: textModel(name, encoder.model, encoder.loaded, context.runtime),
      VAE: flux2Vae(name, vae.model, vae.loaded),
    };
  },
});
