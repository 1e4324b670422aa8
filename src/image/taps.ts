export type Resampling = "nearest-exact" | "bilinear" | "area" | "bicubic";

/** Which inputs make each output along one axis: `count` of them per output, their places and weights. */
export interface Taps {
  readonly count: number;
  readonly at: Int32Array;
  readonly weights: Float64Array;
}

const f32 = Math.fround;
/** Keys' parameter, as PyTorch has it. */
const A = -0.75;

/**
 * The taps that make `to` values of `from`, by PyTorch's rules (align_corners false, no antialiasing: shrinking skips inputs, except for
 * area, which averages all it covers). Places beyond the edges are the edges'. Source: Keys 1981 for bicubic.
 */
export function taps(method: Resampling, from: number, to: number): Taps {
  const scale = from / to;
  const edge = (place: number) => Math.min(Math.max(place, 0), from - 1);
  const span = (i: number) => [Math.floor(i * scale), Math.ceil((i + 1) * scale)] as const;
  const widest = () =>
    Array.from({ length: to }, (_, i) => span(i)[1] - span(i)[0]).reduce((a, b) => Math.max(a, b), 1);
  const count = { "nearest-exact": () => 1, bilinear: () => 2, bicubic: () => 4, area: widest }[method]();
  const at = new Int32Array(to * count);
  const weights = new Float64Array(to * count);
  for (let i = 0; i < to; i++) {
    const put = (k: number, place: number, weight: number) => {
      at[i * count + k] = edge(place);
      weights[i * count + k] = weight;
    };
    if (method === "nearest-exact") {
      // in f32, as PyTorch: ties fall where its rounding puts them
      put(0, Math.floor(f32((i + 0.5) * f32(scale))), 1);
    } else if (method === "bilinear") {
      // in f32, rounded once, as a fused multiply and add does it: the rounding of the place shows
      const place = Math.max(f32(f32(scale) * (i + 0.5) - 0.5), 0);
      const low = Math.floor(place);
      put(0, low, 1 - (place - low));
      put(1, low + 1, place - low);
    } else if (method === "bicubic") {
      const place = (i + 0.5) * scale - 0.5;
      const low = Math.floor(place);
      for (let k = 0; k < 4; k++) put(k, low + k - 1, cubic(Math.abs(place - low + 1 - k)));
    } else {
      const [first, end] = span(i);
      for (let k = 0; first + k < end; k++) put(k, first + k, 1 / (end - first));
    }
  }
  return { count, at, weights };
}

function cubic(x: number): number {
  return x <= 1 ? ((A + 2) * x - (A + 3)) * x * x + 1 : ((A * x - 5 * A) * x + 8 * A) * x - 4 * A;
}
