import { type Flux2Sizes, flux2Shapes } from "../test/support/flux2File.ts";
import { writeRandom } from "./support/writeRandom.ts";

export type { Flux2Sizes } from "../test/support/flux2File.ts";

export interface WriteOptions {
  /** Weights are holes in the file: it has its full size and takes no disk. They read as zeros. */
  readonly sparse?: boolean;
  /** The file has `guidance_in`, as dev has. */
  readonly guidance?: boolean;
}

/** Writes a Flux 2-shaped model in bf16, of any size, in the memory of one block of random weights. Returns the file's bytes of weights. */
export async function writeFlux2(path: string, sizes: Flux2Sizes, options: WriteOptions = {}): Promise<number> {
  const { hidden } = sizes;
  const guidance = {
    "guidance_in.in_layer.weight": [hidden, 256],
    "guidance_in.out_layer.weight": [hidden, hidden],
  };
  const shapes = { ...flux2Shapes(sizes), ...(options.guidance ? guidance : {}) };
  return writeRandom(path, shapes, options.sparse);
}
