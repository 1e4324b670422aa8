import { concat, cont, type Graph, linear, permute, reshape, type Tensor } from "../../tensor/index.ts";
import type { Flux2Shape } from "./shape.ts";

/**
 * The two streams' tokens: writes img.0 and txt.0 [batch, tokens, hidden]. Reads x [batch, channels, height, width], references, context
 * [batch, tokens, context width].
 */
export function start(g: Graph, { references = [] }: Flux2Shape): void {
  const cells = ["x", ...references.map((_, n) => `reference.${n}`)].map((name) => tokens(g.carried(name)));
  g.write(
    "img.0",
    linear(
      cells.reduce((all, more) => concat(all, more, 1)),
      g.weight("img_in.weight"),
    ),
  );
  g.write("txt.0", linear(g.carried("context"), g.weight("txt_in.weight")));
}

/** A latent [batch, channels, height, width] as tokens, row by row: [batch, height * width, channels]. */
function tokens(x: Tensor): Tensor {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  return cont(permute(reshape(x, [batch, channels, height * width]), [0, 2, 1]));
}
