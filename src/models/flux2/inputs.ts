import { BadModelInput } from "../errors.ts";
import type { Inputs } from "../inputs.ts";
import type { Flux2Dims } from "./dims.ts";
import { positions } from "./positions.ts";
import { type RopeTables, ropeTables } from "./rope.ts";
import { type Flux2Shape, moments } from "./shape.ts";
import { timestepEmbedding } from "./timestep.ts";

export interface Flux2Values {
  /** [batch, channels, height, width]. */
  readonly x: Float32Array;
  /** One sigma per batch entry, or one for all. */
  readonly sigma: ArrayLike<number>;
  /** [batch, textTokens, context width], or one entry for all. */
  readonly context: Float32Array;
  /** Like sigma. Ignored by a model without `guidance_in`. */
  readonly guidance?: ArrayLike<number>;
  /** Each [batch, channels, height, width], or one entry for all. */
  readonly references?: readonly Float32Array[];
}

/** Every carried input of `flux2Pass(dims, shape)`. Throws `BadModelInput` where a value has another size than the shape says. */
export const flux2Inputs = (dims: Flux2Dims, shape: Flux2Shape, values: Flux2Values): Inputs => ({
  ...flux2ModulationInputs(dims, shape, values),
  ...flux2StepInputs(dims, shape, values),
});

/** Those of `flux2Modulation`. Throws likewise. */
export function flux2ModulationInputs(
  dims: Flux2Dims,
  shape: Flux2Shape,
  { sigma, guidance = [] }: Pick<Flux2Values, "sigma" | "guidance">,
): Inputs {
  const { batch } = shape;
  const time = timestepEmbedding(times(repeated("sigma", sigma, 1, batch), moments(shape)), dims.time);
  if (!dims.guidance || !shape.guidance) return { time };
  return { time, guidance: timestepEmbedding(repeated("guidance", guidance, 1, batch), dims.time) };
}

/** Those of `flux2Steps` but for the modulations. Throws likewise. */
export function flux2StepInputs(
  dims: Flux2Dims,
  shape: Flux2Shape,
  values: Pick<Flux2Values, "x" | "context" | "references">,
): Inputs {
  const { batch, height, width, textTokens, references = [] } = shape;
  const inputs: Record<string, Float32Array> = {
    x: sized("x", values.x, batch * dims.channels * height * width),
    context: repeated("context", values.context, textTokens * dims.context, batch),
    cos: rope(dims, shape).cos,
    sin: rope(dims, shape).sin,
  };
  references.forEach((r, n) => {
    const name = `reference.${n}`;
    inputs[name] = repeated(name, values.references?.[n] ?? [], dims.channels * r.height * r.width, batch);
  });
  return inputs;
}

/** Each sigma, followed by 0 where the pass knows two moments. */
const times = (sigma: Float32Array, count: 1 | 2): Float32Array =>
  count === 1 ? sigma : Float32Array.from({ length: 2 * sigma.length }, (_, i) => (i % 2 === 0 ? sigma[i / 2]! : 0));

const known = new WeakMap<Flux2Dims, WeakMap<Flux2Shape, RopeTables>>();

/** The tables of one shape serve all steps of a run. */
function rope(dims: Flux2Dims, shape: Flux2Shape): RopeTables {
  const byShape = known.get(dims) ?? new WeakMap<Flux2Shape, RopeTables>();
  known.set(dims, byShape);
  const tables = byShape.get(shape) ?? ropeTables(positions(shape), dims.headDim);
  byShape.set(shape, tables);
  return tables;
}

function sized(name: string, values: ArrayLike<number>, want: number): Float32Array {
  if (values.length !== want) throw new BadModelInput(`${name} has ${values.length} values, expected ${want}`);
  return values instanceof Float32Array ? values : Float32Array.from(values);
}

/** One entry for all becomes one for each. */
function repeated(name: string, values: ArrayLike<number>, each: number, batch: number): Float32Array {
  if (values.length !== each || batch === 1) return sized(name, values, each * batch);
  const all = new Float32Array(each * batch);
  for (let n = 0; n < batch; n++) all.set(values, n * each);
  return all;
}
