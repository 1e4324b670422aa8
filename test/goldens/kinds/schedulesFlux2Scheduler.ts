import { flux2Mu, flux2Sigmas } from "../../../src/sampling/flux2Sigmas.ts";
import type { GoldenCase, GoldenTensor } from "../goldenCase.ts";
import { type Expected, type KindRunner, row } from "../kindRunner.ts";

interface Row {
  readonly steps: number;
  readonly width: number;
  readonly height: number;
  readonly mu: number;
  readonly sigmas: readonly (number | null)[];
}
const rows = (golden: GoldenCase) => (golden.json["rows"] as Row[]).entries();

export const schedulesFlux2Scheduler: KindRunner = {
  kind: "schedules.flux2_scheduler",
  async run(golden) {
    const values: Record<string, GoldenTensor> = {};
    for (const [i, { steps, width, height }] of rows(golden)) {
      values[`rows.${i}.mu`] = row([flux2Mu(steps, width, height)]);
      values[`rows.${i}.sigmas`] = row(flux2Sigmas(steps, width, height));
    }
    return { values };
  },
  expected(golden) {
    const expected: Record<string, Expected> = {};
    for (const [i, { mu, sigmas }] of rows(golden)) {
      expected[`rows.${i}.mu`] = row([mu]);
      expected[`rows.${i}.sigmas`] = row(sigmas);
    }
    return expected;
  },
};
