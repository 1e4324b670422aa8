import { basicSchedule, ksamplerSchedule } from "../../../src/sampling/scheduleSigmas.ts";
import type { GoldenCase, GoldenTensor } from "../goldenCase.ts";
import { type Expected, type KindRunner, row } from "../kindRunner.ts";
import { samplingByName } from "../samplingByName.ts";

interface Row {
  readonly model: string;
  readonly scheduler: string;
  readonly sampler?: string;
  readonly steps: number;
  readonly denoise: number;
  readonly sigmas?: readonly (number | null)[];
  readonly error?: string;
}
/** Numbers that stand beside what they were asked with. */
interface Conversion {
  readonly model: string;
  readonly percent?: number;
  readonly percent_to_sigma: number;
  readonly sigma?: number;
  readonly timestep: number;
  readonly sigma_of_timestep: number;
  readonly sigma_min: number;
  readonly sigma_max: number;
  readonly table_size: number;
}
const rows = (golden: GoldenCase) => (golden.json["rows"] as Row[]).entries();
const conversions = (golden: GoldenCase) => (golden.json["conversions"] as Conversion[]).entries();

export const schedulesSchedulers: KindRunner = {
  kind: "schedules.schedulers",
  async run(golden) {
    const values: Record<string, GoldenTensor> = {};
    const notComputed: Record<string, string> = {};
    for (const [i, { model, sampler, error, ...request }] of rows(golden)) {
      const sampling = samplingByName(golden, model);
      const basic = basicSchedule(sampling, request);
      values[`rows.${i}`] = row(sampler ? ksamplerSchedule(sampling, request, sampler) : basic);
      if (error !== undefined) {
        // the one error there is: BasicScheduler and KSampler do not agree on such a row, so that it has no one answer
        const whole = ksamplerSchedule(sampling, request, "euler");
        values[`rows.${i}.callers agree`] = row([whole.length === basic.length ? 1 : 0]);
      }
    }
    for (const [i, given] of conversions(golden)) {
      const sampling = samplingByName(golden, given.model);
      if (given.percent !== undefined) values[`conversions.${i}`] = row([sampling.percentToSigma(given.percent)]);
      else if (given.sigma !== undefined) {
        const timestep = sampling.timestep(given.sigma);
        // asked in the case with sigma as the timestep for flows that count time by sigma
        values[`conversions.${i}`] = row([timestep, sampling.sigma(timestep)]);
      } else values[`conversions.${i}`] = row([sampling.sigmaMin, sampling.sigmaMax, sampling.sigmas.length]);
    }
    return { values, notComputed };
  },
  expected(golden) {
    const expected: Record<string, Expected> = {};
    for (const [i, { sigmas }] of rows(golden)) {
      if (sigmas) expected[`rows.${i}`] = row(sigmas);
      else expected[`rows.${i}.callers agree`] = row([0]);
    }
    for (const [i, want] of conversions(golden)) {
      const { percent, sigma } = want;
      if (percent !== undefined) expected[`conversions.${i}`] = row([want.percent_to_sigma]);
      else if (sigma !== undefined) expected[`conversions.${i}`] = row([want.timestep, want.sigma_of_timestep]);
      else expected[`conversions.${i}`] = row([want.sigma_min, want.sigma_max, want.table_size]);
    }
    return expected;
  },
};
