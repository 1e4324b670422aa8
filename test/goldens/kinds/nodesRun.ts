import type { WeirContext } from "../../../src/nodes/context.ts";
import { allNodes } from "../../../src/nodes/index.ts";
import { denoiseMaskOf } from "../../../src/nodes/sampling/denoiseMaskOf.ts";
import type { GoldenCase, GoldenTensor } from "../goldenCase.ts";
import type { KindRunner } from "../kindRunner.ts";
import { nodeSizes, nodeSizesExpected } from "../nodeSizes.ts";
import { asTensors, nodeInputs } from "../nodeValues.ts";

/** One call of a node: tensors by name for what is linked, constants, and the names of what comes out. */
export interface NodeCall {
  readonly node: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, unknown>>;
  readonly outputs: readonly string[];
}

/** Only arithmetic is run here: nothing computes on a device or touches a folder. */
const context = { signal: new AbortController().signal, warn: () => {} } as unknown as WeirContext;

export const nodesRun: KindRunner = {
  kind: "nodes.run",
  async run(golden) {
    if (golden.params["cases"] === undefined) return { values: nodeSizes(golden) };
    const values: Record<string, GoldenTensor> = {};
    for (const call of golden.params["cases"] as readonly NodeCall[]) {
      const got = await runCall(golden, call);
      for (const [i, name] of call.outputs.entries()) values[name] = got[i]!;
    }
    return { values };
  },
  expected: (golden) => (golden.params["cases"] === undefined ? nodeSizesExpected(golden) : {}),
};

async function runCall(golden: GoldenCase, call: NodeCall): Promise<readonly GoldenTensor[]> {
  const node = allNodes.find(({ name }) => name === call.node);
  const tensor = (name: string): GoldenTensor => {
    const found = golden.inputs.get(name.replace(/^in\./, ""));
    if (found === undefined) throw new Error(`${call.node}: the case has no ${name}`);
    return found;
  };
  if (call.node.startsWith("noise_mask -> denoise mask")) return [denoiseMask(call, tensor("in.mask"))];
  if (node === undefined) throw new Error(`there is no node ${call.node}`);
  try {
    const { outputs } = await node.execute(nodeInputs(node, call, tensor), context);
    return asTensors(call, node, outputs);
  } catch (error) {
    throw new Error(`${call.node} ${JSON.stringify(call.params)}: ${(error as Error).message}`, { cause: error });
  }
}

function denoiseMask({ params }: NodeCall, { shape, data }: GoldenTensor): GoldenTensor {
  const wanted = params["latent_shape"] as [number, number, number, number];
  const [batch, channels, height, width] = wanted;
  const mask = { batch: shape[0]!, height: shape[1]!, width: shape[2]!, data: data as Float32Array };
  return { shape: wanted, data: denoiseMaskOf(mask, { batch, channels, height, width }) };
}
