import type { WeirContext, WeirNode } from "../context.ts";

/** What a node that only computes makes of its inputs, by output name. With `context` it may touch what is in there, and nothing else. */
export async function runNode(
  node: WeirNode,
  inputs: Readonly<Record<string, unknown>>,
  context: Partial<WeirContext> = {},
): Promise<Record<string, unknown>> {
  const given = { signal: new AbortController().signal, warn: () => {}, ...context } as WeirContext;
  const { outputs } = await node.execute(inputs, given);
  return Object.fromEntries(node.outputs.map(({ name }, i) => [name, outputs[i]]));
}
