import { add, type Graph, linear, silu, slice, type Tensor } from "../../tensor/index.ts";

/**
 * What the time (and guidance) make of all layers; neither picture nor text has a part in it, so that it can be computed before the first
 * step for all times of a run. Reads time [batch, moments, 256] and guidance [batch, 1, 256]; writes vec [batch, moments, hidden], the shifts, scales
 * and gates of the blocks [batch, moments, 6 (or 3) * hidden], and modulation.final [batch, 1, 2 * hidden], the last layer's, at the present moment.
 */
export function modulationStage(g: Graph, guided: boolean): void {
  const embed = (name: string, values: Tensor) =>
    linear(silu(linear(values, g.weight(`${name}.in_layer.weight`))), g.weight(`${name}.out_layer.weight`));
  const time = embed("time_in", g.carried("time"));
  const vec = guided ? add(time, embed("guidance_in", g.carried("guidance"))) : time;
  g.write("vec", vec);
  const active = silu(vec);
  g.write("modulation.img", linear(active, g.weight("double_stream_modulation_img.lin.weight")));
  g.write("modulation.txt", linear(active, g.weight("double_stream_modulation_txt.lin.weight")));
  g.write("modulation.single", linear(active, g.weight("single_stream_modulation.lin.weight")));
  const present = slice(active, 1, 0, 1);
  g.write("modulation.final", linear(present, g.weight("final_layer.adaLN_modulation.1.weight")));
}
