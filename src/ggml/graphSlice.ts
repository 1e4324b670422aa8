import { CGRAPH } from "./abi.ts";
import type { Lib } from "./lib.ts";

/** A graph that has some of another one's nodes. Valid as long as that one, until `free`. */
export interface GraphSlice {
  readonly graph: bigint;
  free(): void;
}

/**
 * Nodes [from, to) of a graph as a graph of their own, as ggml's scheduler cuts graphs (`ggml_graph_view`, which the Windows libraries do not
 * export): the struct is copied, its list of nodes begins later, and the counts of uses are the whole graph's, so that backends fuse nodes
 * inside the slice exactly where it is right to. `checkAbi` compares the layout with the library.
 */
export function sliceGraph(lib: Lib, whole: bigint, from: number, to: number): GraphSlice {
  const copy = lib.pinned(CGRAPH.bytes);
  copy.data.set(new Uint8Array(lib.view(whole, CGRAPH.bytes)));
  const fields = new DataView(copy.data.buffer, copy.data.byteOffset, CGRAPH.bytes);
  fields.setInt32(CGRAPH.size, 0, true);
  fields.setInt32(CGRAPH.nNodes, to - from, true);
  fields.setInt32(CGRAPH.nLeafs, 0, true);
  fields.setBigUint64(CGRAPH.nodes, fields.getBigUint64(CGRAPH.nodes, true) + BigInt(8 * from), true);
  for (const field of [CGRAPH.grads, CGRAPH.gradAccs, CGRAPH.leafs, CGRAPH.uid]) fields.setBigUint64(field, 0n, true);
  return { graph: copy.address, free: copy.release };
}
