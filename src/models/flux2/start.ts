import { add, concat, cont, type Graph, linear, permute, reshape, silu, type Tensor } from "../../tensor/index.ts";
import type { Flux2Shape } from "./shape.ts";

/**
 * Everything before the blocks: what the time (and guidance) make of all of them, and the two streams' tokens. Reads time
 * [batch, moments, 256], guidance [batch, 1, 256], x [batch, channels, height, width], references, context [batch, tokens, context width].
 */
export function start(g: Graph, { references = [] }: Flux2Shape, guided: boolean): void {
  const embed = (name: string, values: Tensor) =>
    linear(silu(linear(values, g.weight(`${name}.in_layer.weight`))), g.weight(`${name}.out_layer.weight`));
  const time = embed("time_in", g.carried("time"));
  const vec = guided ? add(time, embed("guidance_in", g.carried("guidance"))) : time;
  g.write("vec", vec);
  const active = silu(vec);
  g.write("modulation.img", linear(active, g.weight("double_stream_modulation_img.lin.weight")));
  g.write("modulation.txt", linear(active, g.weight("double_stream_modulation_txt.lin.weight")));
  g.write("modulation.single", linear(active, g.weight("single_stream_modulation.lin.weight")));
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
