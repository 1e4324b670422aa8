import { node } from "../declare.ts";
import { NodeInputError } from "../errors.ts";
import { LATENT } from "../kinds.ts";
import { batchPlaces } from "./batchPlaces.ts";
import { resizedLike } from "./planes.ts";

/** Both batches in one; the second takes the first one's size. */
export const LatentBatch = node({
  name: "LatentBatch",
  displayName: "Batch Latents (DEPRECATED)",
  category: "model/latent/batch",
  pythonModule: "comfy_extras.nodes_latent",
  searchAliases: ["combine latents", "merge latents", "join latents"],
  deprecated: true,
  inputs: { samples1: LATENT.link(), samples2: LATENT.link() },
  outputs: { LATENT: LATENT.output },
  execute: ({ samples1, samples2 }) => {
    if (samples1.channels !== samples2.channels) {
      throw new NodeInputError(
        `LatentBatch: ${samples1.channels} and ${samples2.channels} channels do not go together`,
      );
    }
    const second = resizedLike(samples2, samples1);
    const batch = samples1.batch + second.batch;
    const samples = new Float32Array(samples1.samples.length + second.samples.length);
    samples.set(samples1.samples);
    samples.set(second.samples, samples1.samples.length);
    return { LATENT: { ...samples1, batch, samples, batchIndex: [...batchPlaces(samples1), ...batchPlaces(second)] } };
  },
});
