import { fromBytes } from "../../../src/image/fromBytes.ts";
import { toBytes } from "../../../src/image/toBytes.ts";
import { type KindRunner, row } from "../kindRunner.ts";
import { floats } from "../params.ts";

export const nodesSaveImage: KindRunner = {
  kind: "nodes.save_image",
  async run(golden) {
    const data = floats(golden, "x");
    const strip = { width: data.length, height: 1, channels: 1 } as const;
    const bytes = toBytes({ ...strip, batch: 1, data }, 0);
    // a grey picture comes back in three equal channels
    const reloaded = fromBytes({ ...strip, max: 255, data: bytes }).data.filter((_, i) => i % 3 === 0);
    return { values: { "out.bytes": row(bytes), "out.reloaded": row(reloaded) } };
  },
};
