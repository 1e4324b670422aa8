import type { WeightSource } from "../../src/formats/weightSource.ts";
import { writeSafetensors } from "../../src/formats/writeSafetensors.ts";
import type { Model, Role, WeightDecl } from "../../src/models/model.ts";
import { add, linear, mul, rmsNorm, silu, type TensorSpec } from "../../src/tensor/index.ts";
import type { PassDef, StageDef } from "../../src/tensor/stage.ts";
import { random } from "./random.ts";

const WIDTH = 32;
const INNER = 48;

interface TinyWeight {
  readonly name: string;
  readonly encoding: "F32" | "F16" | "BF16";
  readonly role: Role;
  readonly shape: readonly number[];
}

/** Per stage two matrices and a vector, of each encoding one, and a vector that all stages share. */
function tinyWeights(prefix: string, stages: number): TinyWeight[] {
  const list: TinyWeight[] = [{ name: `${prefix}.gain`, encoding: "F32", role: "vector", shape: [WIDTH] }];
  for (let n = 0; n < stages; n++) {
    list.push({ name: `${prefix}.${n}.up`, encoding: "BF16", role: "matrix", shape: [INNER, WIDTH] });
    list.push({ name: `${prefix}.${n}.bias`, encoding: "BF16", role: "vector", shape: [INNER] });
    list.push({ name: `${prefix}.${n}.down`, encoding: "F16", role: "matrix", shape: [WIDTH, INNER] });
  }
  return list;
}

/** Bytes of a file, and what each weight is when resident, by name. */
export interface TinyFile {
  readonly resident: ReadonlyMap<string, Uint8Array>;
}

/** Writes a model of so many stages: other seeds are other bytes of the same shapes. */
export async function writeTinyFile(path: string, prefix: string, stages: number, seed: number): Promise<TinyFile> {
  const draw = random(seed);
  const resident = new Map<string, Uint8Array>();
  const tensors = tinyWeights(prefix, stages).map(({ name, encoding, role, shape }) => {
    const count = shape.reduce((n, size) => n * size, 1);
    if (encoding === "F32") {
      const data = new Uint8Array(Float32Array.from({ length: count }, () => 0.5 + draw(1000) / 1000).buffer);
      resident.set(name, data);
      return { name, encoding, shape, data };
    }
    // Bit patterns of small values: sign, and an exponent that keeps them between 2^-6 and 2^-2.
    const bits = Uint16Array.from({ length: count }, () =>
      encoding === "F16"
        ? (draw(2) << 15) | ((9 + draw(4)) << 10) | draw(1024)
        : (draw(2) << 15) | ((121 + draw(4)) << 7) | draw(128),
    );
    const data = new Uint8Array(bits.buffer);
    if (role === "matrix") resident.set(name, data);
    // A bf16 is the upper half of an f32.
    else resident.set(name, new Uint8Array(Uint32Array.from(bits, (half) => half << 16).buffer));
    return { name, encoding, shape, data };
  });
  await writeSafetensors(path, tensors);
  return { resident };
}

export interface TinyModel extends Model {
  pass(tokens: number): PassDef;
}

/** A chain of small residual blocks, x -> x + down(silu(up(norm(x) * gain) + bias)), whose last stage also adds what the first one made. */
export function openTiny(source: WeightSource, prefix: string, stages: number): TinyModel {
  const weights: WeightDecl[] = tinyWeights(prefix, stages).map(({ name, role, shape }) => ({
    name,
    entry: source.tensors.get(name)!,
    role,
    shape,
  }));
  return {
    kind: "tiny",
    source,
    weights,
    pass(tokens) {
      const f32: TensorSpec = { dtype: "f32", shape: [tokens, WIDTH] };
      const carried = Object.fromEntries(Array.from({ length: stages + 1 }, (_, n) => [`x.${n}`, f32]));
      const list: StageDef[] = Array.from({ length: stages }, (_, n) => ({
        name: `${prefix}.${n}`,
        build(g) {
          const x = g.carried(`x.${n}`);
          const normed = mul(rmsNorm(x, 1e-6), g.weight(`${prefix}.gain`));
          const inner = silu(linear(normed, g.weight(`${prefix}.${n}.up`), g.weight(`${prefix}.${n}.bias`)));
          const y = add(x, linear(inner, g.weight(`${prefix}.${n}.down`)));
          g.write(`x.${n + 1}`, n > 1 && n === stages - 1 ? add(y, g.carried("x.1")) : y);
        },
      }));
      return { key: `tiny ${tokens}`, carried, inputs: ["x.0"], outputs: [`x.${stages}`], stages: list };
    },
  };
}

export const tinyInput = (tokens: number, seed: number): { "x.0": Float32Array } => {
  const draw = random(seed);
  return { "x.0": Float32Array.from({ length: tokens * WIDTH }, () => draw(2000) / 1000 - 1) };
};
