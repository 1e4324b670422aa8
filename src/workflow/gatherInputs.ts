import { isLink } from "./link.ts";
import { liveInputs } from "./liveInputs.ts";
import type { NodeClass, PromptNode } from "./node.ts";
import type { NodeOutcome } from "./nodeOutcome.ts";

/** Each input's values: a constant is a list of one, a link the list that its source made. */
export type InputLists = Readonly<Record<string, readonly unknown[]>>;

/**
 * The declared inputs that are there, as lists. Of lazy links only those that were `asked` for: one that happens to be there must not change what
 * comes out. `partly`: links whose source has no results are left out.
 */
export function gatherInputs(
  { inputs }: PromptNode,
  { inputs: declared }: Pick<NodeClass, "inputs">,
  outcomeOf: (id: string) => NodeOutcome | undefined,
  asked: ReadonlySet<string> = new Set(),
  partly = false,
): InputLists {
  const lists: Record<string, readonly unknown[]> = {};
  for (const [name, spec] of Object.entries(liveInputs(declared, inputs))) {
    if (!Object.hasOwn(inputs, name)) continue;
    const value = inputs[name];
    if (!isLink(value)) lists[name] = [value];
    else if (spec.lazy !== true || asked.has(name)) {
      const source = outcomeOf(value[0]);
      if (source !== undefined) lists[name] = source.outputs[value[1]]!;
      else if (!partly) throw new Error(`invariant: node ${value[0]} has no results, and "${name}" needs them`);
    }
  }
  return lists;
}
