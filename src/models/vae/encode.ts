import { cont, silu, slice } from "../../tensor/index.ts";
import type { PassDef } from "../../tensor/stage.ts";
import { conv, layer, norm } from "./blocks.ts";
import type { VaeHalf } from "./layers.ts";
import type { VaeShape } from "./open.ts";
import { pack } from "./packing.ts";
import { stagesOf } from "./stages.ts";

/**
 * image [batch, 3, cell * height, cell * width] in -1..1 -> latent [batch, channels, height, width]. The encoder gives mean and log
 * variance; the mean is taken. Stages: conv_in, one per layer, conv_out.
 */
export function encodePass(
  { layers, first, quant }: VaeHalf,
  channels: number,
  cell: number,
  shape: VaeShape,
): PassDef {
  const { batch, height, width } = shape;
  return stagesOf({
    key: `encode ${batch}x${height}x${width}`,
    input: { name: "image", shape: [batch, 3, cell * height, cell * width] },
    output: { name: "latent", shape: [batch, channels, height, width] },
    first: {
      name: "encoder.conv_in",
      shape: [batch, first, cell * height, cell * width],
      build: (g, image) => conv(g, "encoder.conv_in", image, { padding: 1 }),
    },
    layers,
    layer,
    last: {
      name: "encoder.conv_out",
      build(g, x) {
        const out = conv(g, "encoder.conv_out", silu(norm(g, "encoder.norm_out", x)), { padding: 1 });
        const moments = quant ? conv(g, quant, out, {}) : out;
        return pack(g, cont(slice(moments, 1, 0, channels / 4)));
      },
    },
  });
}
