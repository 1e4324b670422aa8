import { cont, type Graph, linear, permute, reshape, slice } from "../../tensor/index.ts";
import type { Flux2Dims } from "./dims.ts";
import { modulateLast } from "./modulation.ts";
import type { Flux2Shape } from "./shape.ts";

/** The picture's own tokens back to a latent: writes out [batch, channels, height, width], the velocity (noise - picture). */
export function final(g: Graph, d: Flux2Dims, { batch, height, width, textTokens }: Flux2Shape): void {
  const cells = slice(g.carried(`seq.${d.singleBlocks}`), 1, textTokens, height * width);
  const y = linear(modulateLast(cells, g.carried("modulation.final")), g.weight("final_layer.linear.weight"));
  g.write("out", reshape(cont(permute(y, [0, 2, 1])), [batch, d.channels, height, width]));
}
