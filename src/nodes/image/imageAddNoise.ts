import { imageBatch } from "../../image/image.ts";
import { TorchGenerator } from "../../sampling/torchGenerator.ts";
import { float, node, seed } from "../declare.ts";
import { IMAGE } from "../kinds.ts";

/** PyTorch's noise for that seed, times the strength, onto pictures; what leaves 0 to 1 is cut. */
export const ImageAddNoise = node({
  name: "ImageAddNoise",
  displayName: "Add Noise to Image",
  category: "image/filters",
  pythonModule: "comfy_extras.nodes_images",
  searchAliases: ["film grain"],
  inputs: {
    image: IMAGE.link(),
    seed: seed("The seed of the noise."),
    strength: float({ default: 0.5, min: 0, max: 1, step: 0.01 }),
  },
  outputs: { IMAGE: IMAGE.output },
  execute: ({ image, seed, strength }) => {
    const noise = new TorchGenerator(seed).randn(image.data.length);
    const noisy = image.data.map((value, i) => Math.min(Math.max(value + strength * noise[i]!, 0), 1));
    return { IMAGE: imageBatch(image, noisy) };
  },
});
