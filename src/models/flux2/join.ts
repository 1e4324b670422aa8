import { concat, type Graph } from "../../tensor/index.ts";
import type { Flux2Dims } from "./dims.ts";

/**
 * Both streams become one sequence, text first: writes seq.0 [batch, tokens, hidden]. A stage of its own, without weights: inside the
 * first single block, which needs more memory than any other, it would make that need larger.
 */
export const join = (g: Graph, { doubleBlocks }: Flux2Dims): void =>
  g.write("seq.0", concat(g.carried(`txt.${doubleBlocks}`), g.carried(`img.${doubleBlocks}`), 1));
