import { sdTurboSigmas } from "../../../src/sampling/sigmas/sdTurboSigmas.ts";
import type { GoldenCase, GoldenTensor } from "../goldenCase.ts";
import { type Expected, type KindRunner, row } from "../kindRunner.ts";
import { samplingByName } from "../samplingByName.ts";

interface Row {
  readonly model: string;
  readonly steps: number;
  readonly denoise: number;
  readonly sigmas: readonly (number | null)[];
}
const rows = (golden: GoldenCase) => (golden.json["rows"] as Row[]).entries();

export const schedulesSdTurbo: KindRunner = {
  kind: "schedules.sdturbo",
  async run(golden) {
    const values: Record<string, GoldenTensor> = {};
    for (const [i, { model, steps, denoise }] of rows(golden))
      values[`rows.${i}`] = row(sdTurboSigmas(samplingByName(golden, model), steps, denoise));
    return { values };
  },
  expected(golden) {
    const expected: Record<string, Expected> = {};
    for (const [i, { sigmas }] of rows(golden)) expected[`rows.${i}`] = row(sigmas);
    return expected;
  },
};
