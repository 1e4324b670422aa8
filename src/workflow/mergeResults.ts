import { Blocked } from "./blocked.ts";
import { NodeContractError } from "./errors.ts";
import { isLink } from "./link.ts";
import type { NodeClass, NodeResult } from "./node.ts";
import type { NodeOutcome } from "./nodeOutcome.ts";

type Declared = Pick<NodeClass, "name" | "outputs">;

/**
 * The values of a node's runs, output by output: those of a list output are joined, others stand one beside the other. A link in a run that
 * expanded stands for all values of what it names. `outcomeOf`: of the nodes of its expansions, which have finished.
 * Throws NodeContractError (`bad-node`).
 */
export function mergeResults(
  node: Declared,
  runs: readonly NodeResult[],
  outcomeOf: (id: string) => NodeOutcome | undefined = () => undefined,
): readonly (readonly unknown[])[] {
  for (const run of runs) checkCount(node, run);
  return node.outputs.map(({ name, isList }, i) =>
    runs.flatMap((run): readonly unknown[] => {
      if (run.blocked !== undefined) return [run.blocked];
      const value = run.outputs[i];
      if (run.expand !== undefined && isLink(value)) return outcomeOf(value[0])!.outputs[value[1]]!;
      if (isList !== true || value instanceof Blocked) return [value];
      if (!Array.isArray(value))
        throw new NodeContractError("bad-node", `${node.name} declares "${name}" as a list and gave none`);
      return value;
    }),
  );
}

function checkCount(node: Declared, run: NodeResult): void {
  if (run?.blocked !== undefined || (Array.isArray(run?.outputs) && run.outputs.length === node.outputs.length)) return;
  const given = Array.isArray(run?.outputs) ? String(run.outputs.length) : "no list of";
  throw new NodeContractError("bad-node", `${node.name} gave ${given} outputs and declares ${node.outputs.length}`);
}

/** What the runs show: lists under one key are joined, of other values the last one counts. undefined: nothing. */
export function mergeUi(runs: readonly NodeResult[]): Readonly<Record<string, unknown>> | undefined {
  const shown = runs.flatMap(({ ui }) => (ui === undefined ? [] : [ui]));
  if (shown.length === 0) return undefined;
  const joined: Record<string, unknown> = {};
  for (const [key, value] of shown.flatMap((ui) => Object.entries(ui))) {
    const before = joined[key];
    joined[key] = Array.isArray(before) && Array.isArray(value) ? [...before, ...value] : value;
  }
  return joined;
}
