import { expect, test } from "vitest";
import type { DeviceInfo } from "../tensor/backend.ts";
import { vramBudget, weightsBudget } from "./budget.ts";

const card: DeviceInfo = {
  id: "CUDA0",
  kind: "cuda",
  description: "a card",
  unified: false,
  async: true,
  alignment: 256,
  maxBufferBytes: 2 ** 40,
  memoryTotal: 24e9,
  memoryFree: 20e9,
};

test("a number is the ceiling, whatever happened before", () => {
  expect(vramBudget(card, "8GB", false)).toBe(8e9);
  expect(vramBudget(card, "8GB", true)).toBe(8e9);
});

test("a share is of the device, not of what is free", () => {
  expect(vramBudget(card, "50%", false)).toBe(12e9);
});

test("without a flag: what is free, less a headroom; more of it after a death by lack of memory", () => {
  expect(vramBudget(card, undefined, false)).toBe(19e9);
  expect(vramBudget(card, undefined, true) / 1e9).toBeCloseTo(16, 6);
});

test("a unified device shares the machine's memory, which is never taken whole", () => {
  const budget = vramBudget({ ...card, unified: true }, undefined, false);
  expect(budget).toBeGreaterThan(0);
  expect(budget).toBeLessThan(process.constrainedMemory() || Number.POSITIVE_INFINITY);
});

test("--vram-weights", () => {
  expect(weightsBudget(undefined)).toBeUndefined();
  expect(weightsBudget("30%")).toEqual({ share: 0.3 });
  expect(() => weightsBudget("some")).toThrow(expect.objectContaining({ code: "usage" }));
});
