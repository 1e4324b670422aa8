import { NodeInputError } from "../errors.ts";
import type { Latent, LatentFormat } from "../values.ts";

/** A latent that a model cannot take, with both sizes and what makes one that it can. */
export function wrongLatent({ channels }: Latent, what: string, format: LatentFormat): NodeInputError {
  const made =
    format.channels === 128 ? "; EmptyFlux2LatentImage and VAEEncode with Flux 2's VAE make such latents" : "";
  return new NodeInputError(`the latent has ${channels} channels, ${what} takes ${format.channels}${made}`);
}
