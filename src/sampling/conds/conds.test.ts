import { describe, expect, test } from "vitest";
import { flux2Sampling } from "../flowSampling.ts";
import { areaInside, takeArea } from "./areas.ts";
import { areaWeights } from "./areaWeights.ts";
import { activeAt, type CondRegion } from "./condRegion.ts";
import { mixPredictions } from "./mixPredictions.ts";
import { resolveRegion } from "./resolveRegion.ts";
import { shareAreas } from "./shareAreas.ts";

const sampling = flux2Sampling();
const everywhere: CondRegion = {
  area: null,
  strength: 1,
  mask: null,
  firstSigma: Number.POSITIVE_INFINITY,
  lastSigma: Number.NEGATIVE_INFINITY,
};
const area = (x: number, y: number, width: number, height: number) => ({ x, y, width, height });

describe("a scope in a latent", () => {
  const size = { height: 10, width: 20 };
  test("shares of the sides round half to even and are a cell at least; cells stay", () => {
    const shares = { unit: "shares", x: 0.125, y: 0.25, width: 0.01, height: 0.45 } as const;
    expect(resolveRegion({ area: shares }, size, sampling).area).toEqual(area(2, 2, 1, 4));
    expect(resolveRegion({ area: { unit: "cells", ...area(3, 4, 50, 60) } }, size, sampling).area).toEqual(
      area(3, 4, 50, 60),
    );
  });
  test("shares of the run are the model's noise levels, both ends included", () => {
    const region = resolveRegion({ start: 0.25, end: 0.5 }, size, sampling);
    const [first, last] = [0.25, 0.5].map((share) => Math.fround(sampling.percentToSigma(share))) as [number, number];
    expect(region).toMatchObject({ firstSigma: first, lastSigma: last });
    expect([1, first, (first + last) / 2, last, 0].map((sigma) => activeAt(region, sigma))).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
    expect(activeAt(resolveRegion({}, size, sampling), 0)).toBe(true);
  });
  test("the box around a mask is eight cells on a side at least", () => {
    const data = new Float32Array(200);
    data[3 * 20 + 5] = 0.5;
    data[4 * 20 + 16] = 1;
    const scope = { mask: { batch: 1, data }, boundToMask: true, maskStrength: 0.5 };
    const region = resolveRegion(scope, size, sampling);
    expect(region.area).toEqual(area(5, 3, 12, 8));
    expect(region.mask!.data[4 * 20 + 16]).toBe(0.5);
    const empty = { mask: { batch: 1, data: new Float32Array(200) }, boundToMask: true };
    expect(resolveRegion(empty, size, sampling).area).toEqual(area(0, 0, 8, 8));
  });
});

describe("areas", () => {
  const shape = [2, 1, 3, 4] as const;
  test("what sticks out is cut; what lies outside is refused with both sizes", () => {
    expect(areaInside({ ...everywhere, area: area(2, 1, 9, 9) }, shape)).toEqual(area(2, 1, 2, 2));
    expect(areaInside(everywhere, shape)).toEqual(area(0, 0, 4, 3));
    expect(() => areaInside({ ...everywhere, area: area(4, 0, 1, 1) }, shape)).toThrow(
      expect.objectContaining({
        code: "bad-area",
        message:
          "a conditioning's area begins at cell (4, 0), outside the latent of 4 x 3 cells; move it, or make the picture larger",
      }),
    );
  });
  test("a part of every picture, and the whole as it is", () => {
    const x = Float32Array.from({ length: 24 }, (_, i) => i);
    expect([...takeArea(x, shape, area(1, 1, 2, 2))]).toEqual([5, 6, 9, 10, 17, 18, 21, 22]);
    expect(takeArea(x, shape, area(0, 0, 4, 3))).toBe(x);
  });
});

describe("weights", () => {
  test("an area fades in from sides inside the latent, over a quarter where it is small", () => {
    const region = { ...everywhere, strength: 2, area: area(4, 0, 4, 8) };
    const weights = areaWeights(region, [1, 1, 16, 16], region.area);
    // a quarter of 4 cells is one: nothing to fade; of 8, two: the lower end only
    expect([0, 1, 2, 3].map((column) => weights[column])).toEqual([2, 2, 2, 2]);
    expect([5, 6, 7].map((row) => weights[4 * row])).toEqual([2, 2, 1]);
  });
  test("with a mask the mask alone counts, one for each picture", () => {
    const data = Float32Array.from({ length: 8 }, (_, i) => i / 8);
    const region = { ...everywhere, strength: 2, mask: { batch: 2, data }, area: area(1, 0, 1, 2) };
    expect([...areaWeights(region, [2, 1, 2, 2], region.area)]).toEqual([0.25, 0.75, 1.25, 1.75]);
  });
});

test("predictions are mixed by weight; what none covers is 0; a mask for each picture in turn", () => {
  const whole = { prediction: Float32Array.of(1, 1, 1, 1), area: area(0, 0, 2, 1), weights: Float32Array.of(1, 0) };
  const part = { prediction: Float32Array.of(5, 9), area: area(0, 0, 1, 1), weights: Float32Array.of(1, 3) };
  expect([...mixPredictions([whole, part], [2, 1, 1, 2])]).toEqual([3, 0, 7, 0]);
});

describe("areas are shared", () => {
  const told = (name: string, at: CondRegion["area"]) => ({ told: name, region: { ...everywhere, area: at } });
  const shown = (conds: ReturnType<typeof shareAreas<string>>) =>
    conds.map((entries) => entries.map(({ told, region }) => `${told} ${JSON.stringify(region.area)}`));
  test("the other conditioning is looked at there too, telling what its smallest entry around it tells", () => {
    const [inner, outer] = [area(2, 2, 2, 2), area(1, 1, 6, 6)];
    const positive = [told("cat", inner), told("all", null)];
    const negative = [told("bad", null), told("worse", outer)];
    expect(shown(shareAreas([positive, negative]))).toEqual([
      [`cat ${JSON.stringify(inner)}`, "all null", `all ${JSON.stringify(outer)}`],
      ["bad null", `worse ${JSON.stringify(outer)}`, `worse ${JSON.stringify(inner)}`],
    ]);
  });
  test("nothing around it, or the same area: nothing is added", () => {
    const same = area(0, 0, 2, 2);
    const conds = [[told("a", same)], [told("b", same)], [told("c", area(5, 5, 1, 1))]];
    expect(shown(shareAreas(conds)).map((entries) => entries.length)).toEqual([1, 1, 1]);
  });
});
