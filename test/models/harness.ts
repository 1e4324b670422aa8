import { toFloat32 } from "../../src/formats/toFloat32.ts";
import type { Inputs } from "../../src/models/inputs.ts";
import type { Model } from "../../src/models/model.ts";
import { residentForm } from "../../src/runtime/residentForm.ts";
import type { Backend, DeviceBuffer, PassDef } from "../../src/tensor/index.ts";
import { byteLength, elements } from "../../src/tensor/index.ts";
import { buildPass } from "./buildPass.ts";

/**
 * Runs a pass with everything in memory: no residency, no runtime, so that what fails here is a model or a backend. `outputs` may name
 * any carried tensor. The values of each, f32.
 */
export async function runPass(
  backend: Backend,
  model: Model,
  pass: PassDef,
  inputs: Inputs,
  {
    castWeights = true,
    outputs = pass.outputs,
    pieceBytes,
  }: { castWeights?: boolean; outputs?: readonly string[]; pieceBytes?: number } = {},
): Promise<Record<string, Float32Array>> {
  const programs = buildPass(model, pass, castWeights, pieceBytes);
  const buffers: DeviceBuffer[] = [];
  const put = async (bytes: number, data?: Uint8Array): Promise<DeviceBuffer> => {
    const buffer = backend.allocate(bytes);
    if (!buffer) throw new Error(`no room for ${bytes} bytes`);
    buffers.push(buffer);
    if (data) await backend.write(buffer, 0, data);
    return buffer;
  };
  try {
    const weights = new Map<string, DeviceBuffer>();
    for (const name of new Set(programs.flatMap((p) => p.weights))) {
      const bytes = await residentBytes(model, name);
      weights.set(name, await put(bytes.length, bytes));
    }
    const carried = new Map<string, DeviceBuffer>();
    for (const [name, spec] of Object.entries(pass.carried)) {
      const data = inputs[name];
      if (pass.inputs.includes(name) !== (data !== undefined))
        throw new Error(`${name}: an input without values, or the reverse`);
      if (data && data.length !== elements(spec.shape))
        throw new Error(`${name} has ${data.length} values, not [${spec.shape}]`);
      const bytes = data && new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      carried.set(name, await put(byteLength(spec), bytes));
    }
    if (!backend.reserveActivations(Math.max(...programs.map((p) => backend.activationBytes(p)))))
      throw new Error("no room for activations");
    const at = (where: ReadonlyMap<string, DeviceBuffer>) => (name: string) => ({
      buffer: where.get(name)!,
      offset: 0,
    });
    for (const program of programs)
      await backend.submit(program, { weight: at(weights), carried: at(carried) }).finished;
    const results: Record<string, Float32Array> = {};
    for (const name of outputs) {
      const bytes = await backend.read(carried.get(name)!, 0, byteLength(pass.carried[name]!));
      results[name] = toFloat32("F32", bytes);
    }
    return results;
  } finally {
    backend.reserveActivations(0);
    for (const buffer of buffers) backend.free(buffer);
  }
}

async function residentBytes(model: Model, name: string): Promise<Uint8Array> {
  const weight = model.weights.find((w) => w.name === name)!;
  const file = new Uint8Array(weight.entry.bytes);
  await model.source.read(weight.entry.name, 0, file);
  if (residentForm(model.source.path, weight).from === "same") return file;
  return new Uint8Array(toFloat32(weight.entry.encoding, file).buffer);
}
