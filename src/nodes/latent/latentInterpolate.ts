import { float, node } from "../declare.ts";
import { LATENT } from "../kinds.ts";
import { pairedLatents } from "./pairedLatents.ts";

/** Between two latents: the direction of the channels at a cell and its length are mixed apart from each other. */
export const LatentInterpolate = node({
  name: "LatentInterpolate",
  category: "model/latent/advanced",
  pythonModule: "comfy_extras.nodes_latent",
  inputs: {
    samples1: LATENT.link(),
    samples2: LATENT.link(),
    ratio: float({ default: 1, min: 0, max: 1, step: 0.01 }),
  },
  outputs: { LATENT: LATENT.output },
  execute: ({ samples1, samples2, ratio }) => {
    const second = pairedLatents("LatentInterpolate", samples1, samples2).samples;
    const first = samples1.samples;
    const { batch, channels, width, height } = samples1;
    const cells = width * height;
    const out = new Float32Array(first.length);
    for (let n = 0; n < batch; n++)
      for (let cell = 0; cell < cells; cell++) {
        const at = (c: number) => (n * channels + c) * cells + cell;
        const lengthOf = (value: (c: number) => number) => {
          let sum = 0;
          for (let c = 0; c < channels; c++) sum += value(c) ** 2;
          return Math.sqrt(sum);
        };
        const l1 = lengthOf((c) => first[at(c)]!);
        const l2 = lengthOf((c) => second[at(c)]!);
        const direction = (c: number) =>
          (first[at(c)]! / (l1 || 1)) * ratio + (second[at(c)]! / (l2 || 1)) * (1 - ratio);
        const length = lengthOf(direction) || 1;
        for (let c = 0; c < channels; c++) out[at(c)] = (direction(c) / length) * (l1 * ratio + l2 * (1 - ratio));
      }
    return { LATENT: { ...samples1, samples: out } };
  },
});
