import type { WeirNode } from "../../src/nodes/context.ts";
import type { Conditioning, Image, Latent, Mask, Vae } from "../../src/nodes/values.ts";
import type { GoldenTensor } from "./goldenCase.ts";
import type { NodeCall } from "./kinds/nodesRun.ts";

/** What a case's tensors are as values of nodes, by the types that the node declares. */
export function nodeInputs(
  node: WeirNode,
  call: NodeCall,
  tensor: (name: string) => GoldenTensor,
): Record<string, unknown> {
  const { vae_compression, ...params } = call.params;
  const values: Record<string, unknown> = { ...params };
  for (const [name, spec] of Object.entries(node.inputs)) {
    const given = call.inputs[name];
    if (given !== undefined && spec.type === "LINK") values[name] = valueFrom(spec.of, tensor(given));
  }
  for (const name of ["conditioning", "conditioning_to", "conditioning_from"]) {
    // The case of ConditioningConcat does not name the vector that its result carries on.
    const unnamed = call.node === "ConditioningConcat" && name === "conditioning_to" ? "in.pooled_a" : undefined;
    const pooled = call.inputs[name.replace("conditioning", "pooled")] ?? unnamed;
    if (pooled !== undefined && values[name] !== undefined)
      values[name] = (values[name] as Conditioning).map((entry) => ({ ...entry, pooled: data(tensor(pooled)) }));
  }
  if (typeof vae_compression === "number") values["vae"] = standIn(vae_compression);
  // What the node says of the conditioning is looked at; what was in it does not matter.
  const nothing: Conditioning = [{ context: new Float32Array(1), tokens: 1, width: 1 }];
  if (call.node === "InpaintModelConditioning")
    Object.assign(values, { positive: nothing, negative: nothing, noise_mask: true });
  return values;
}

/** A node's outputs as the case names them: some of ComfyUI's values are made of several tensors. */
export function asTensors(call: NodeCall, node: WeirNode, outputs: readonly unknown[]): readonly GoldenTensor[] {
  if (call.node === "InpaintModelConditioning") {
    const [positive, , latent] = outputs as [Conditioning, Conditioning, Latent];
    const { pixels, mask } = positive[0]!.inpaint!;
    return [ofImage(pixels), ofPlanes(mask), ofPixels(latent), ofPlanes(latent.noiseMask!)];
  }
  if (call.node === "VAEEncodeForInpaint") {
    const [latent] = outputs as [Latent];
    return [ofPixels(latent), ofPlanes(latent.noiseMask!)];
  }
  return node.outputs.flatMap(({ type }, i) => tensorsOf(type, outputs[i]));
}

function valueFrom(type: string, { shape, data: values }: GoldenTensor): unknown {
  const data = values as Float32Array;
  const [batch, a, b, c] = shape as [number, number, number, number];
  if (type === "IMAGE") return { batch, height: a, width: b, channels: c, data } satisfies Image;
  if (type === "MASK") return { batch, height: a, width: b, data } satisfies Mask;
  if (type === "LATENT") return { batch, channels: a, height: b, width: c, samples: data } satisfies Latent;
  if (type === "CONDITIONING") return [{ context: data, tokens: a, width: b }] satisfies Conditioning;
  throw new Error(`no value of type ${type} is made of a tensor`);
}

function tensorsOf(type: string, value: unknown): GoldenTensor[] {
  if (type === "IMAGE") return [ofImage(value as Image)];
  if (type === "MASK") return [ofMask(value as Mask)];
  if (type === "LATENT") {
    const { batch, channels, height, width, samples } = value as Latent;
    return [{ shape: [batch, channels, height, width], data: samples }];
  }
  if (type === "CONDITIONING") {
    const [{ context, tokens, width, pooled } = { context: new Float32Array(), tokens: 0, width: 0 }] =
      value as Conditioning;
    const rest = pooled === undefined ? [] : [{ shape: [1, pooled.length], data: pooled }];
    return [{ shape: [1, tokens, width], data: context }, ...rest];
  }
  throw new Error(`an output of type ${type} is no tensor`);
}

/** A VAE that gives its pixels back, as the cases have it. */
function standIn(cell: number): Vae {
  const unused = async () => {
    throw new Error("only encoding is stood in for");
  };
  return {
    file: "stand-in",
    latent: { channels: 3, cell },
    decode: unused,
    decodeTiled: unused,
    encodeTiled: unused,
    encode: async ({ batch, width, height, channels, data }) => ({ batch, width, height, channels, samples: data }),
  };
}

const data = ({ data }: GoldenTensor) => data as Float32Array;
const ofImage = ({ batch, height, width, channels, data }: Image): GoldenTensor => ({
  shape: [batch, height, width, channels],
  data,
});
const ofMask = ({ batch, height, width, data }: Mask): GoldenTensor => ({ shape: [batch, height, width], data });
const ofPlanes = ({ batch, height, width, data }: Mask): GoldenTensor => ({ shape: [batch, 1, height, width], data });
const ofPixels = ({ batch, height, width, channels, samples }: Latent): GoldenTensor => ({
  shape: [batch, height, width, channels],
  data: samples,
});
