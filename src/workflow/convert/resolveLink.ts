import { WorkflowError } from "../errors.ts";
import { typesMatch } from "../link.ts";
import type { Scope } from "./scope.ts";
import { MODE, SUBGRAPH_INPUT, type UiNode } from "./uiGraph.ts";

/** Where a link comes from: a node that runs, a value that an instance sets, or nothing. */
export type Source =
  | { readonly kind: "node"; readonly id: string; readonly slot: number }
  | { readonly kind: "value"; readonly value: unknown }
  | null;

/** Nodes of the page alone: they never run. */
export const VIRTUAL: ReadonlySet<string> = new Set(["Note", "MarkdownNote", "Reroute", "PrimitiveNode"]);

/** Reroutes, borders and bypassed nodes on one way. */
const MAX_HOPS = 10_000;
/** All links together. */
const MAX_STEPS = 2_000_000;

/**
 * Follows links back through reroutes, the borders of subgraphs and bypassed nodes. `type` is the type of the input that asks. Throws
 * WorkflowError: links in a circle, too many. Source: comfyui-api.md, "UI files", 3 and 6.
 */
export function linkResolver(name: string): (scope: Scope, link: string, type: string) => Source {
  let steps = 0;
  return (start, first, type) => {
    let scope = start;
    let link: string | null = first;
    // The value of the outermost input passed: taken where the way ends there.
    let value: unknown;
    for (let hops = 0; link !== null; hops++) {
      steps += 1;
      if (hops > MAX_HOPS) throw new WorkflowError("broken-workflow", `${name}: its links go in a circle`);
      if (steps > MAX_STEPS)
        throw new WorkflowError("too-large", `${name}: its links pass more than ${MAX_STEPS} nodes`);
      const found = scope.graph.links.get(link);
      if (found === undefined) break;
      const { from, fromSlot } = found;
      if (from === SUBGRAPH_INPUT) {
        const { within } = scope;
        const input = within?.definition.inputs[fromSlot];
        if (within === null || input === undefined) break;
        value = scope.inputValues.get(input.name) ?? value;
        link = within.instance.inputs[fromSlot]?.link ?? null;
        scope = within.scope;
        continue;
      }
      const origin = scope.graph.nodes.get(from);
      if (origin === undefined || origin.mode === MODE.mute) break;
      if (origin.type === "Reroute") {
        link = origin.inputs[0]?.link ?? null;
        continue;
      }
      if (VIRTUAL.has(origin.type)) break;
      if (origin.mode === MODE.bypass) {
        link = bypassed(origin, fromSlot, type)?.link ?? null;
        continue;
      }
      const child = scope.children.get(from);
      if (child === undefined) return { kind: "node", id: scope.prefix + from, slot: fromSlot };
      link = child.within!.definition.outputs[fromSlot] ?? null;
      scope = child;
    }
    return value === undefined ? null : { kind: "value", value };
  };
}

/** The input whose link passes a bypassed node: the one at the output's place if types match, else of the asked type, else the first that matches. */
function bypassed({ inputs, outputTypes }: UiNode, slot: number, asked: string): UiNode["inputs"][number] | undefined {
  const given = outputTypes[slot] ?? asked;
  const same = inputs[slot];
  if (same !== undefined && typesMatch(same.type, given)) return same;
  return inputs.find((input) => input.type === asked) ?? inputs.find((input) => typesMatch(input.type, given));
}
