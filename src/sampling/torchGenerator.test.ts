import { describe, expect, test } from "vitest";
import { TorchGenerator } from "./torchGenerator.ts";

// More values, in every way of drawing, are in the goldens; these hold wherever the tests run.
describe("TorchGenerator", () => {
  test("words are MT19937's (reference implementation, seed 5489)", () => {
    const generator = new TorchGenerator(5489n);
    expect([generator.word(), generator.word(), generator.word()]).toEqual([3499211612, 581869302, 3890346734]);
    for (let i = 3; i < 9999; i++) generator.word();
    // the ten-thousandth, as the C++ standard gives it for std::mt19937
    expect(generator.word()).toBe(4123659995);
  });

  test("randn is torch.manual_seed(42); torch.randn(n)", () => {
    expect(new TorchGenerator(42n).randn(1)[0]).toBe(0.33669036626815796);
    expect(new TorchGenerator(42n).randn(16)[0]).toBeCloseTo(1.9269152879714966, 6);
  });

  test("only the low 32 bits of a seed count", () => {
    const values = (seed: bigint) => Array.from(new TorchGenerator(seed).randn(20));
    expect(values(2n ** 32n + 7n)).toEqual(values(7n));
    expect(values(2n ** 64n - 1n)).toEqual(values(2n ** 32n - 1n));
    expect(values(8n)).not.toEqual(values(7n));
  });

  test("a small randn leaves its second value to the next small one, across other draws", () => {
    const pair = new TorchGenerator(3n).randn(2);
    const generator = new TorchGenerator(3n);
    expect(generator.randn(1)[0]).toBe(pair[0]);
    generator.randn(32);
    expect(generator.randn(1)[0]).toBe(pair[1]);
  });

  test("randperm is a permutation, randint stays below its bound", () => {
    const order = Array.from(new TorchGenerator(1n).randperm(50), Number);
    expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(new TorchGenerator(1n).randint(1000, 7n).every((value) => value >= 0n && value < 7n)).toBe(true);
  });
});
