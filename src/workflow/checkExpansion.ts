import type { DynamicPrompt } from "./dynamicPrompt.ts";
import { NodeContractError } from "./errors.ts";
import { isLink } from "./link.ts";
import { liveInputs } from "./liveInputs.ts";
import type { ExpandedNode, Link, NodeClass, NodeResult } from "./node.ts";

/** Loops are made of expansions: one that never ends should end before the memory does. */
const MAX_ADDED = 65_536;

/**
 * An expansion before it is run: new ids, classes that are there, links that lead somewhere, no input missing. What validation does for a
 * prompt, for nodes that no one has validated. Throws NodeContractError (`bad-expansion`).
 */
export function checkExpansion(
  { name, outputs: declared }: Pick<NodeClass, "name" | "outputs">,
  { expand = {}, outputs }: NodeResult,
  prompt: DynamicPrompt,
  nodes: (classType: string) => Pick<NodeClass, "inputs" | "outputs"> | undefined,
): void {
  const added = Object.entries(expand);
  if (outputs?.length !== declared.length)
    throw bad(`${name} gave ${outputs?.length ?? "no"} outputs and declares ${declared.length}`);
  if (prompt.added + added.length > MAX_ADDED) {
    throw bad(`expansions have added ${prompt.added} nodes, at most ${MAX_ADDED}: does a loop not end?`);
  }
  const find = (id: string): ExpandedNode | undefined => (Object.hasOwn(expand, id) ? expand[id] : prompt.get(id));
  const checkLink = (what: string, [from, slot]: Link) => {
    const source = find(from);
    if (source === undefined) throw bad(`${what} is linked to node ${from}, which is not there`);
    if (nodes(source.class_type)!.outputs[slot] !== undefined) return;
    throw bad(`${what} is linked to output ${slot} of node ${from} (${source.class_type}), which it does not have`);
  };
  for (const [id, { class_type }] of added) {
    if (prompt.get(id) !== undefined) throw bad(`node id ${id} is taken; context.graph() makes ids that are new`);
    if (nodes(class_type) === undefined) throw bad(`node ${id}: there is no node class "${class_type}" here`);
  }
  for (const [id, { class_type, inputs }] of added) {
    for (const [name, { optional }] of Object.entries(liveInputs(nodes(class_type)!.inputs, inputs ?? {}))) {
      const what = `node ${id} (${class_type}): "${name}"`;
      if (!Object.hasOwn(inputs ?? {}, name)) {
        if (optional !== true) throw bad(`${what} is missing`);
      } else if (isLink(inputs[name])) checkLink(what, inputs[name]);
    }
  }
  outputs.forEach((value, i) => {
    if (isLink(value)) checkLink(`output ${i}`, value);
  });
}

const bad = (message: string) => new NodeContractError("bad-expansion", `the expansion cannot run: ${message}`);
