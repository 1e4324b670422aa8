import type { GoldenTensor } from "../goldenCase.ts";
import { type KindRunner, row } from "../kindRunner.ts";
import { samplingByName } from "../samplingByName.ts";

export const schedulesTables: KindRunner = {
  kind: "schedules.tables",
  async run(golden) {
    const values: Record<string, GoldenTensor> = {};
    for (const model of Object.keys(golden.params)) {
      values[`out.sigmas.${model}`] = row(samplingByName(golden, model).sigmas);
    }
    return { values };
  },
};
