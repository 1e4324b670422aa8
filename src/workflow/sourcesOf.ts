import { isLink } from "./link.ts";
import { liveInputs } from "./liveInputs.ts";
import type { NodeClass, PromptNode } from "./node.ts";

/**
 * The nodes a node takes values from, in the order of its inputs in the prompt, each once. Links of inputs that it does not declare are none.
 * `strong`: those it takes in any case, lazy inputs left out.
 */
export function sourcesOf(
  { inputs }: PromptNode,
  { inputs: declared }: Pick<NodeClass, "inputs">,
  strong = false,
): string[] {
  const sources = new Set<string>();
  const live = liveInputs(declared, inputs);
  for (const [name, value] of Object.entries(inputs)) {
    if (!isLink(value) || !Object.hasOwn(live, name)) continue;
    if (!(strong && live[name]!.lazy === true)) sources.add(value[0]);
  }
  return [...sources];
}
