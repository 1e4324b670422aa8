import type { GoldenTensor } from "../goldenCase.ts";
import type { KindRunner } from "../kindRunner.ts";
import { input } from "../params.ts";

/** What lies between a VAE's latents and the sampler's. For Flux 2 nothing: the nodes pass latents on as they are. */
export const vaeLatentFormats: KindRunner = {
  kind: "vae.latent_formats",
  async run(golden) {
    const latent = input(golden, "Flux2");
    const values: Record<string, GoldenTensor> = { "out.Flux2.process_in": latent, "out.Flux2.process_out": latent };
    const others = [...golden.outputs.keys()].filter((name) => !(name in values));
    return {
      values,
      notComputed: Object.fromEntries(others.map((name) => [name, "models of this format not built yet"])),
    };
  },
};
