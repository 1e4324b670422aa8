import { epsSampling } from "../../../src/sampling/epsSampling.ts";
import { flux2Sampling } from "../../../src/sampling/flowSampling.ts";
import { betaSigmas } from "../../../src/sampling/schedulers/beta.ts";
import { exponentialSigmas } from "../../../src/sampling/schedulers/exponential.ts";
import { karrasSigmas } from "../../../src/sampling/schedulers/karras.ts";
import { extendSigmas, type Spacing } from "../../../src/sampling/sigmas/extendSigmas.ts";
import { flipSigmas } from "../../../src/sampling/sigmas/flipSigmas.ts";
import { laplaceSigmas, polyexponentialSigmas, vpSigmas } from "../../../src/sampling/sigmas/formulas.ts";
import { samplingPercentToSigma } from "../../../src/sampling/sigmas/percentToSigma.ts";
import { setFirstSigma } from "../../../src/sampling/sigmas/setFirstSigma.ts";
import { splitSigmas, splitSigmasDenoise } from "../../../src/sampling/sigmas/splitSigmas.ts";
import type { GoldenCase, GoldenTensor } from "../goldenCase.ts";
import { type Expected, type KindRunner, row } from "../kindRunner.ts";

interface Row extends Readonly<Record<string, unknown>> {
  readonly op: string;
}
const rows = (golden: GoldenCase) => (golden.json["rows"] as Row[]).entries();
type Result = ArrayLike<number>;

/** What each node makes of the case's sigmas and of its row: one result, or the high and the low part. */
const ops: Record<string, (sigmas: Float32Array, given: Row) => Result | readonly [Result, Result]> = {
  SplitSigmas: (sigmas, r) => splitSigmas(sigmas, number(r, "step")),
  SplitSigmasDenoise: (sigmas, r) => splitSigmasDenoise(sigmas, number(r, "denoise")),
  FlipSigmas: flipSigmas,
  SetFirstSigma: (sigmas, r) => setFirstSigma(sigmas, number(r, "sigma")),
  ExtendIntermediateSigmas: (sigmas, r) =>
    extendSigmas(sigmas, {
      steps: number(r, "steps"),
      start: number(r, "start_at_sigma"),
      end: number(r, "end_at_sigma"),
      spacing: r["spacing"] as Spacing,
    }),
  KarrasScheduler: (_, r) => karrasSigmas(...range(r), number(r, "rho")),
  ExponentialScheduler: (_, r) => exponentialSigmas(...range(r)),
  PolyexponentialScheduler: (_, r) => polyexponentialSigmas(...range(r), number(r, "rho")),
  LaplaceScheduler: (_, r) => laplaceSigmas(...range(r), number(r, "mu"), number(r, "beta")),
  VPScheduler: (_, r) => vpSigmas(number(r, "steps"), number(r, "beta_d"), number(r, "beta_min"), number(r, "eps_s")),
  BetaSamplingScheduler: (_, r) => betaSigmas(sampling(r), number(r, "steps"), number(r, "alpha"), number(r, "beta")),
  SamplingPercentToSigma: (_, r) => [
    samplingPercentToSigma(sampling(r), number(r, "sampling_percent"), r["return_actual_sigma"] === true),
  ],
};
const sampling = (r: Row) => (r["model"] === "sd_eps" ? epsSampling() : flux2Sampling());
const range = (r: Row) => [number(r, "steps"), number(r, "sigma_min"), number(r, "sigma_max")] as const;

function number(r: Row, name: string): number {
  const value = r[name];
  if (typeof value !== "number") throw new Error(`${r.op}: ${name} is ${JSON.stringify(value)}, expected a number`);
  return value;
}

export const schedulesSigmaNodes: KindRunner = {
  kind: "schedules.sigma_nodes",
  async run(golden) {
    const sigmas = Float32Array.from(golden.json["in_sigmas"] as number[]);
    const values: Record<string, GoldenTensor> = {};
    for (const [i, given] of rows(golden)) {
      const result = ops[given.op]?.(sigmas, given);
      if (result === undefined) continue;
      if (typeof result[0] === "object") {
        values[`rows.${i}.high`] = row(result[0]);
        values[`rows.${i}.low`] = row(result[1] as Result);
      } else values[`rows.${i}.out`] = row(result as Result);
    }
    return { values };
  },
  expected(golden) {
    const expected: Record<string, Expected> = {};
    for (const [i, given] of rows(golden))
      for (const part of ["high", "low", "out"]) {
        const want = given[part];
        if (want !== undefined) expected[`rows.${i}.${part}`] = row((Array.isArray(want) ? want : [want]) as number[]);
      }
    return expected;
  },
};
