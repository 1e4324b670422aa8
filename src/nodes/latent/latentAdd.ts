import { node } from "../declare.ts";
import { LATENT } from "../kinds.ts";
import { pairedLatents } from "./pairedLatents.ts";

/** Value by value; the second takes the first one's size. */
export const LatentAdd = node({
  name: "LatentAdd",
  category: "model/latent/advanced",
  pythonModule: "comfy_extras.nodes_latent",
  inputs: { samples1: LATENT.link(), samples2: LATENT.link() },
  outputs: { LATENT: LATENT.output },
  execute: ({ samples1, samples2 }) => {
    const { samples } = pairedLatents("LatentAdd", samples1, samples2);
    return { LATENT: { ...samples1, samples: samples1.samples.map((value, i) => value + samples[i]!) } };
  },
});
