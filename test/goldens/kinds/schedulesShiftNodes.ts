import { discreteFlowSampling, fluxSampling } from "../../../src/sampling/flowSampling.ts";
import { basicSchedule } from "../../../src/sampling/scheduleSigmas.ts";
import { fluxShift } from "../../../src/sampling/sigmas/fluxShift.ts";
import type { GoldenCase, GoldenTensor } from "../goldenCase.ts";
import { type Expected, type KindRunner, row } from "../kindRunner.ts";

interface Row {
  readonly node: "ModelSamplingFlux" | "ModelSamplingSD3" | "ModelSamplingAuraFlow";
  readonly max_shift: number;
  readonly base_shift: number;
  readonly width: number;
  readonly height: number;
  /** Given for SD3 and AuraFlow, expected of Flux. */
  readonly shift: number;
  readonly sigma_min: number;
  readonly sigmas_simple_8?: readonly number[];
  readonly sigmas_normal_8?: readonly number[];
  readonly "timestep_of_0.5"?: number;
}
const rows = (golden: GoldenCase) => (golden.json["rows"] as Row[]).entries();

export const schedulesShiftNodes: KindRunner = {
  kind: "schedules.shift_nodes",
  async run(golden) {
    const values: Record<string, GoldenTensor> = {};
    for (const [i, { node, max_shift, base_shift, width, height, shift: given }] of rows(golden)) {
      const flux = node === "ModelSamplingFlux";
      const shift = flux ? fluxShift(base_shift, max_shift, width, height) : given;
      const sampling = flux ? fluxSampling(shift) : discreteFlowSampling(shift, node === "ModelSamplingSD3" ? 1000 : 1);
      const schedule = (scheduler: string) => row(basicSchedule(sampling, { scheduler, steps: 8, denoise: 1 }));
      values[`rows.${i}.shift`] = row([shift]);
      values[`rows.${i}.sigma_min`] = row([sampling.sigmaMin]);
      values[`rows.${i}.simple`] = schedule("simple");
      values[`rows.${i}.normal`] = schedule("normal");
      values[`rows.${i}.timestep`] = row([sampling.timestep(0.5)]);
    }
    return { values };
  },
  expected(golden) {
    const expected: Record<string, Expected> = {};
    for (const [i, want] of rows(golden)) {
      expected[`rows.${i}.shift`] = row([want.shift]);
      expected[`rows.${i}.sigma_min`] = row([want.sigma_min]);
      if (want.sigmas_simple_8) expected[`rows.${i}.simple`] = row(want.sigmas_simple_8);
      if (want.sigmas_normal_8) expected[`rows.${i}.normal`] = row(want.sigmas_normal_8);
      const timestep = want["timestep_of_0.5"];
      if (timestep !== undefined) expected[`rows.${i}.timestep`] = row([timestep]);
    }
    return expected;
  },
};
