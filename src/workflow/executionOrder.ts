import { isLink } from "./link.ts";
import type { NodeClass, NodeContext, Prompt } from "./node.ts";

/** The nodes a node takes values from, in declared order, each once. `strong`: those it takes in any case, lazy inputs left out. */
export function sourcesOf<Context extends NodeContext>(
  id: string,
  prompt: Prompt,
  nodes: (classType: string) => NodeClass<Context> | undefined,
  strong = false,
): string[] {
  const { class_type, inputs } = prompt[id]!;
  const sources = new Set<string>();
  for (const [name, spec] of Object.entries(nodes(class_type)!.inputs)) {
    const value = inputs[name];
    if (isLink(value) && !(strong && spec.lazy === true)) sources.add(value[0]);
  }
  return [...sources];
}

/**
 * What has to run for `outputs`, every node after its sources, output by output. `done(id)`: its results are there already, so nothing
 * above it is needed for its sake. Iterative: a chain may be as long as a prompt. The prompt was validated: it has no cycle.
 */
export function executionOrder(
  outputs: readonly string[],
  sources: (id: string) => readonly string[],
  done: (id: string) => boolean,
): string[] {
  const placed = new Set<string>();
  const open = new Set<string>();
  for (const output of outputs) {
    const stack = [output];
    while (stack.length > 0) {
      const id = stack.at(-1)!;
      if (placed.has(id)) {
        stack.pop();
        continue;
      }
      const missing = done(id) ? [] : sources(id).filter((source) => !placed.has(source) && !done(source));
      if (missing.length === 0) {
        placed.add(id);
        stack.pop();
        continue;
      }
      if (open.has(id)) throw new Error(`invariant: node ${id} depends on itself`);
      open.add(id);
      stack.push(...missing.reverse());
    }
  }
  return [...placed];
}
