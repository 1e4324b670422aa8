import { silu } from "../../tensor/index.ts";
import type { PassDef } from "../../tensor/stage.ts";
import { conv, layer, norm } from "./blocks.ts";
import type { VaeHalf } from "./layers.ts";
import type { VaeShape } from "./open.ts";
import { unpack } from "./packing.ts";
import { stagesOf } from "./stages.ts";

/** latent [batch, channels, height, width] -> image [batch, 3, cell * height, cell * width]. Stages: conv_in, one per layer, conv_out. */
export function decodePass(
  { layers, first, quant }: VaeHalf,
  channels: number,
  cell: number,
  shape: VaeShape,
): PassDef {
  const { batch, height, width } = shape;
  return stagesOf({
    key: `decode ${batch}x${height}x${width}`,
    input: { name: "latent", shape: [batch, channels, height, width] },
    output: { name: "image", shape: [batch, 3, cell * height, cell * width] },
    first: {
      name: "decoder.conv_in",
      shape: [batch, first, 2 * height, 2 * width],
      build(g, latent) {
        const z = unpack(g, latent);
        return conv(g, "decoder.conv_in", quant ? conv(g, quant, z, {}) : z, { padding: 1 });
      },
    },
    layers,
    layer,
    last: {
      name: "decoder.conv_out",
      build: (g, x) => conv(g, "decoder.conv_out", silu(norm(g, "decoder.norm_out", x)), { padding: 1 }),
    },
  });
}
