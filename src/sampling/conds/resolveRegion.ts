import type { ModelSampling } from "../modelSampling.ts";
import { roundHalfEven } from "../roundHalfEven.ts";
import type { Area, CondRegion, CondScope } from "./condRegion.ts";

/** A box around a mask is at least so many cells wide and high: models see little in less. */
const SMALLEST_BOX = 8;

/** A scope in a latent of height x width cells. Shares round half to even; a share of the run becomes a sigma of the model. */
export function resolveRegion(
  scope: CondScope,
  size: { readonly height: number; readonly width: number },
  sampling: ModelSampling,
): CondRegion {
  const { mask, maskStrength = 1, strength = 1, boundToMask = false, start, end } = scope;
  const area = mask !== undefined && boundToMask ? boxOf(mask.data, size) : areaOf(scope.area, size);
  return {
    area,
    strength,
    mask: mask === undefined ? null : { batch: mask.batch, data: mask.data.map((value) => value * maskStrength) },
    // sigmas are compared as f32
    firstSigma: start === undefined ? Number.POSITIVE_INFINITY : Math.fround(sampling.percentToSigma(start)),
    lastSigma: end === undefined ? Number.NEGATIVE_INFINITY : Math.fround(sampling.percentToSigma(end)),
  };
}

function areaOf(area: CondScope["area"], size: { readonly height: number; readonly width: number }): Area | null {
  if (area === undefined) return null;
  const { height, width, y, x } = area;
  if (area.unit === "cells") return { height, width, y, x };
  return {
    height: Math.max(1, roundHalfEven(height * size.height)),
    width: Math.max(1, roundHalfEven(width * size.width)),
    y: roundHalfEven(y * size.height),
    x: roundHalfEven(x * size.width),
  };
}

function boxOf(mask: Float32Array, { height, width }: { readonly height: number; readonly width: number }): Area {
  let [top, bottom, left, right] = [height, -1, width, -1];
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] === 0) continue;
    const [y, x] = [Math.floor(i / width) % height, i % width];
    [top, bottom, left, right] = [Math.min(top, y), Math.max(bottom, y), Math.min(left, x), Math.max(right, x)];
  }
  if (bottom < 0) return { height: SMALLEST_BOX, width: SMALLEST_BOX, y: 0, x: 0 };
  return {
    height: Math.max(SMALLEST_BOX, bottom - top + 1),
    width: Math.max(SMALLEST_BOX, right - left + 1),
    y: top,
    x: left,
  };
}
