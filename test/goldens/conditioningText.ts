import type { WeirContext } from "../../src/nodes/context.ts";
import { allNodes } from "../../src/nodes/index.ts";
import type { Conditioning, Mask } from "../../src/nodes/values.ts";

type Value = Conditioning | Mask;

/** The inputs, in order, that a case's shorthand gives a node after its conditioning; named ones are written `name value`. */
const SHORTHAND: Readonly<Record<string, { readonly node: string; readonly first: readonly string[] }>> = {
  Combine: { node: "ConditioningCombine", first: ["conditioning_1", "conditioning_2"] },
  SetArea: { node: "ConditioningSetArea", first: ["conditioning"] },
  SetAreaPercentage: { node: "ConditioningSetAreaPercentage", first: ["conditioning"] },
  SetMask: { node: "ConditioningSetMask", first: ["conditioning", "mask", "set_cond_area", "strength"] },
  SetTimestepRange: { node: "ConditioningSetTimestepRange", first: ["conditioning", "start", "end"] },
};

/** What `Combine(SetArea(a, width 64, ...), b)` means: the nodes themselves are run on the named values. */
export async function conditioningOf(text: string, named: (name: string) => Value | undefined): Promise<Conditioning> {
  const value = await evaluate(text.trim(), named);
  if (!Array.isArray(value)) throw new Error(`"${text}" is no conditioning`);
  return value as Conditioning;
}

async function evaluate(text: string, named: (name: string) => Value | undefined): Promise<unknown> {
  const call = /^(\w+)\((.*)\)$/s.exec(text);
  if (call === null) return named(text) ?? (Number.isNaN(Number(text)) ? text : Number(text));
  const { node, first } = SHORTHAND[call[1]!]!;
  const inputs: Record<string, unknown> = {};
  for (const [i, argument] of splitArguments(call[2]!).entries()) {
    const position = first[i];
    const [, name, rest] = /^(\w+) ([\d.]+)$/.exec(argument) ?? [];
    if (position !== undefined) inputs[position] = await evaluate(argument, named);
    else inputs[name!] = Number(rest);
  }
  const result = await allNodes.find(({ name }) => name === node)!.execute(inputs, {} as WeirContext);
  return result.outputs[0];
}

/** At the commas that are in no brackets. */
function splitArguments(text: string): string[] {
  const parts = [""];
  let depth = 0;
  for (const letter of text) {
    if (letter === "(") depth++;
    if (letter === ")") depth--;
    if (letter === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += letter;
  }
  return parts.map((part) => part.trim());
}
