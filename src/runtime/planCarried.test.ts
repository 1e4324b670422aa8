import { expect, test } from "vitest";
import type { PassDef, Program } from "../tensor/index.ts";
import { planCarried } from "./planCarried.ts";

const f32 = (n: number) => ({ dtype: "f32" as const, shape: [n] });
const stage = (name: string, reads: string[], writes: string[]): Program => ({
  name,
  tensors: [],
  order: [],
  weights: [],
  reads,
  writes,
  flops: 0,
});

test("a chain needs two places, whatever its length", () => {
  const carried = Object.fromEntries([0, 1, 2, 3, 4].map((i) => [`x.${i}`, f32(16)]));
  const pass: PassDef = { key: "", carried, inputs: ["x.0"], outputs: ["x.4"], stages: [] };
  const programs = [0, 1, 2, 3].map((i) => stage(`s${i}`, [`x.${i}`], [`x.${i + 1}`]));
  const plan = planCarried(pass, programs, 32);
  expect(plan.bytes).toBe(128);
  expect([...plan.offsets.values()]).toEqual([0, 64, 0, 64, 0]);
});

test("a skip lives until its last reader, and what a stage reads outlives the stage", () => {
  const carried = { a: f32(8), skip: f32(8), b: f32(8), out: f32(8) };
  const pass: PassDef = { key: "", carried, inputs: ["a"], outputs: ["out"], stages: [] };
  const programs = [stage("s0", ["a"], ["skip"]), stage("s1", ["skip"], ["b"]), stage("s2", ["b", "skip"], ["out"])];
  const { offsets, bytes } = planCarried(pass, programs, 32);
  expect(new Set([offsets.get("skip"), offsets.get("b"), offsets.get("out")]).size).toBe(3);
  expect(offsets.get("a")).toBe(offsets.get("b"));
  expect(bytes).toBe(96);
});

test("reading what nothing wrote is broken bookkeeping", () => {
  const pass: PassDef = { key: "", carried: { a: f32(8), b: f32(8) }, inputs: [], outputs: ["b"], stages: [] };
  expect(() => planCarried(pass, [stage("s0", ["a"], ["b"])], 32)).toThrow("s0 reads a, which nothing has written");
});

test("late inputs and early outputs take room around their stages alone", () => {
  const names = [0, 1, 2, 3];
  const carried = Object.fromEntries(
    names.flatMap((i) => [
      [`x.${i}`, f32(8)],
      [`in.${i}`, f32(64)],
      [`out.${i}`, f32(64)],
    ]),
  );
  carried["x.4"] = f32(8);
  const [ins, outs] = [names.map((i) => `in.${i}`), names.map((i) => `out.${i}`)];
  const pass: PassDef = { key: "", carried, inputs: ["x.0", ...ins], outputs: ["x.4", ...outs], stages: [] };
  const programs = names.map((i) => stage(`s${i}`, [`x.${i}`, `in.${i}`], [`x.${i + 1}`, `out.${i}`]));
  expect(planCarried(pass, programs, 32).bytes).toBeGreaterThan(5 * 256);
  // two small ones, and an input and an output of the stage beside them
  expect(planCarried({ ...pass, late: ins, early: outs }, programs, 32).bytes).toBe(2 * 32 + 2 * 256);
});
