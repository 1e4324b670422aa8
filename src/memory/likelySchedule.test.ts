import { expect, test } from "vitest";
import { likelySchedule } from "./likelySchedule.ts";
import { flatten } from "./schedule.ts";

test("weights of a numbered block are a stage, others stand alone, in the order in which they were registered", () => {
  const names = ["img_in.weight", "blocks.0.a.weight", "blocks.0.mlp.2.weight", "blocks.1.a.weight", "final.1.weight"];
  const { uses, loops } = flatten(likelySchedule(names.map((name, id) => ({ id, name, bytes: 10 + id }))));
  expect(uses.map(({ stage, weights, flops }) => [stage, weights, flops])).toEqual([
    ["img_in.weight", [0], 10],
    ["blocks.0", [1, 2], 23],
    ["blocks.1", [3], 13],
    ["final.1", [4], 14],
  ]);
  expect(loops).toEqual([{ start: 0, end: 4, n: Number.POSITIVE_INFINITY }]);
});
