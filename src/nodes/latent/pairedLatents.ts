import { NodeInputError } from "../errors.ts";
import type { Latent } from "../values.ts";
import { repeated, resizedLike } from "./planes.ts";

/** The second latent with the first one's size and batch, so that they can be combined value by value. Throws NodeInputError. */
export function pairedLatents(node: string, first: Latent, second: Latent): Latent {
  if (first.channels !== second.channels) {
    throw new NodeInputError(
      `${node}: latents of ${first.channels} and of ${second.channels} channels do not go together`,
    );
  }
  return repeated(resizedLike(second, first), first.batch);
}
