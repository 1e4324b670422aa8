import { expect } from "vitest";
import type { Model } from "../../src/models/model.ts";
import type { PassDef } from "../../src/tensor/index.ts";
import { buildPass } from "./buildPass.ts";

/**
 * Builds every stage, with weights as they are and cast, and holds what the runtime relies on: a carried tensor is written once and
 * before it is read, no declared one is left over, and a weight belongs to one stage. Returns the weights that the pass uses.
 */
export function checkStages(model: Model, pass: PassDef): string[] {
  const used = [false, true].map((castWeights) => {
    const programs = buildPass(model, pass, castWeights);
    expect(programs.map((p) => p.name)).toEqual(pass.stages.map((stage) => stage.name));
    const written = new Set(pass.inputs);
    for (const p of programs) {
      expect(p.reads.filter((read) => !written.has(read))).toEqual([]);
      for (const write of p.writes) {
        expect(written.has(write)).toBe(false);
        written.add(write);
      }
    }
    expect([...written].sort()).toEqual(Object.keys(pass.carried).sort());
    const weights = programs.flatMap((p) => p.weights).sort();
    expect(new Set(weights).size).toBe(weights.length);
    return weights;
  });
  expect(used[0]).toEqual(used[1]);
  return used[0]!;
}
