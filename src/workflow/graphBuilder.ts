import type { ExpandedNode, Link } from "./node.ts";

/** A node of an expansion while it is built. */
export interface GraphNode {
  readonly id: string;
  /** A link to one of its outputs. */
  out(slot: number): Link;
  /** A value or a link. */
  set(input: string, value: unknown): void;
}

/** Builds what a node returns as `expand`. */
export interface GraphBuilder {
  /** Adds a node. `id`: within this graph; by default the next number. With an id that is there already: that node. */
  node(classType: string, inputs?: Readonly<Record<string, unknown>>, options?: GraphNodeOptions): GraphNode;
  /** The nodes, for `expand`. */
  finalize(): Readonly<Record<string, ExpandedNode>>;
}

export interface GraphNodeOptions {
  readonly id?: string;
  /** The node of the page that shows for it. */
  readonly displayNode?: string;
}

/** `prefix` makes ids new in the prompt: the node's, its run over a list and the graph's number, each followed by a dot ("12.0.0."), as ComfyUI's. */
export function graphBuilder(prefix: string): GraphBuilder {
  const nodes = new Map<string, { classType: string; inputs: Record<string, unknown>; displayNode?: string }>();
  let count = 0;
  return {
    node(classType, inputs = {}, { id: own, displayNode } = {}) {
      const id = `${prefix}${own ?? ++count}`;
      let made = nodes.get(id);
      if (made === undefined) {
        made = { classType, inputs: { ...inputs }, ...(displayNode === undefined ? {} : { displayNode }) };
        nodes.set(id, made);
      }
      const { inputs: set } = made;
      return {
        id,
        out: (slot) => [id, slot],
        set(input, value) {
          set[input] = value;
        },
      };
    },
    finalize: () =>
      Object.fromEntries(
        [...nodes].map(([id, { classType, inputs, displayNode }]) => [
          id,
          { class_type: classType, inputs: { ...inputs }, ...(displayNode === undefined ? {} : { displayNode }) },
        ]),
      ),
  };
}
