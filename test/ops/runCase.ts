import { type Bindings, byteLength, Graph, type Program, type TensorSpec } from "../../src/tensor/index.ts";
import type { OpenDevice } from "../backends.ts";
import type { OpCase } from "./opCase.ts";

/** The case's program: its result is the carried tensor "out". */
export function programOf({ op, inputs, castWeights, build, shape }: OpCase): Program {
  const spec =
    (kind: string) =>
    (name: string): TensorSpec | undefined => {
      if (name === "out" && kind === "carried") return { dtype: "f32", shape };
      const input = inputs[name];
      return input?.kind === kind ? { dtype: input.dtype, shape: input.values.shape } : undefined;
    };
  const g = new Graph({ name: op, weight: spec("weight"), carried: spec("carried"), castWeights });
  const leaves = Object.entries(inputs).map(([name, { kind }]) => [name, g[kind](name)] as const);
  g.write("out", build(Object.fromEntries(leaves), g));
  return g.finish();
}

/** Runs a case on a device and gives everything back. */
export async function runCase({ backend, memory }: OpenDevice, test: OpCase): Promise<Float32Array> {
  const program = programOf(test);
  const carried = new Map<string, NonNullable<ReturnType<typeof backend.allocate>>>();
  const chunks = new Map<string, NonNullable<ReturnType<typeof memory.allocate>>>();
  const take = <T>(made: T | null): T => {
    if (made === null) throw new Error("no room");
    return made;
  };
  for (const [name, { kind, values }] of Object.entries(test.inputs)) {
    const bytes = values.bytes.length;
    if (kind === "weight") {
      // Not at the start of its chunk, so that offsets are told apart.
      const offset = memory.alignment;
      const chunk = take(memory.allocate(offset + bytes));
      chunks.set(name, chunk);
      await memory.upload({ device: memory.device, chunk, offset, bytes }, 0, values.bytes);
    } else {
      const buffer = take(backend.allocate(bytes));
      carried.set(name, buffer);
      await backend.write(buffer, 0, values.bytes);
    }
  }
  const outBytes = byteLength({ dtype: "f32", shape: test.shape });
  carried.set("out", take(backend.allocate(outBytes)));
  if (!backend.reserveActivations(backend.activationBytes(program))) throw new Error("no room for activations");
  const bindings: Bindings = {
    weight: (name) => ({ buffer: chunks.get(name)!, offset: memory.alignment }),
    carried: (name) => ({ buffer: carried.get(name)!, offset: 0 }),
  };
  await backend.submit(program, bindings).finished;
  const out = await backend.read(carried.get("out")!, 0, outBytes);
  for (const buffer of carried.values()) backend.free(buffer);
  for (const chunk of chunks.values()) memory.free(chunk);
  return new Float32Array(out.slice().buffer);
}
