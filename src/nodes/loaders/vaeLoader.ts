import { openVae } from "../../models/vae/index.ts";
import { combo, node } from "../declare.ts";
import { VAE } from "../kinds.ts";
import { flux2Vae } from "./flux2Vae.ts";
import { fileFingerprint, openFile } from "./openFile.ts";
import { pixelVae } from "./pixelVae.ts";

const FOLDER = "vae";
/** No file: latents that are pictures already. */
const PIXEL_SPACE = "pixel_space";

/** A VAE. Reads its header; weights move when something is decoded or encoded. */
export const VAELoader = node({
  name: "VAELoader",
  displayName: "Load VAE",
  category: "model/loaders",
  pythonModule: "nodes",
  inputs: { vae_name: combo(({ list }) => [...list(FOLDER), PIXEL_SPACE]) },
  outputs: { VAE: VAE.output },
  fingerprint: ({ vae_name }, context) => fileFingerprint(FOLDER, vae_name, context),
  async execute({ vae_name }, context) {
    if (vae_name === PIXEL_SPACE) return { VAE: pixelVae };
    const { model, loaded } = await openFile(FOLDER, vae_name, openVae, context);
    return { VAE: flux2Vae(vae_name, model, loaded) };
  },
});
