import { expect, test } from "vitest";
import { emptyLatent, fitLatent } from "./emptyLatent.ts";

const FLUX2 = { channels: 128, cell: 16 };
const size = (
  latent: { channels: number; width: number; height: number; batch: number; samples: Float32Array } | null,
) => latent && [latent.batch, latent.channels, latent.height, latent.width, latent.samples.length];

test("sides are cut down to whole cells", () => {
  expect(size(emptyLatent(100, 70, 2, FLUX2))).toEqual([2, 128, 4, 6, 2 * 128 * 24]);
});

test("zeros made for other models become zeros of this one, for a picture of the same size", () => {
  const sd = emptyLatent(256, 512, 1, { channels: 4, cell: 8 });
  expect(size(fitLatent(sd, FLUX2))).toEqual([1, 128, 32, 16, 128 * 512]);
  // 5 cells of 8 pixels are 2.5 of 16: half to even, as Python rounds
  expect(size(fitLatent(emptyLatent(40, 56, 1, { channels: 16, cell: 8 }), FLUX2))).toEqual([1, 128, 4, 2, 1024]);
});

test("what fits is the same latent; what has something in it and does not fit is none", () => {
  const own = emptyLatent(64, 64, 1, FLUX2);
  expect(fitLatent(own, FLUX2)).toBe(own);
  const full = { ...emptyLatent(64, 64, 1, { channels: 4, cell: 8 }), samples: new Float32Array(256).fill(1) };
  expect(fitLatent(full, FLUX2)).toBeNull();
});
