import { concat, type Graph, type Tensor } from "../../tensor/index.ts";
import type { Flux2Dims } from "./dims.ts";

/** The joined sequence, text first, that enters single block `n` (or the end): [batch, tokens, hidden]. The first is joined here. */
export const sequence = (g: Graph, { doubleBlocks }: Flux2Dims, n: number): Tensor =>
  n > 0 ? g.carried(`seq.${n}`) : concat(g.carried(`txt.${doubleBlocks}`), g.carried(`img.${doubleBlocks}`), 1);
