import type { NoiseSampler } from "./noiseSampler.ts";
import { seedSequence } from "./seedSequence.ts";
import { TorchGenerator } from "./torchGenerator.ts";

/** Words that seeds are spread over, and decimals that times are rounded to: torchsde's, as ComfyUI uses it. */
const POOL = 24;
const DECIMALS = 6;

/** A stretch of the path. Its place in the tree of halvings decides its noise, so that values do not depend on what was asked before. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly key: bigint;
  readonly depth: bigint;
  /** W(to) - W(from). */
  readonly increment: Float32Array;
  halves?: readonly [Stretch, Stretch];
}

/**
 * Noise that belongs to one fixed Brownian path over [sigmaMin, sigmaMax]: the difference of the path between two levels, with its sign,
 * over the square root of their distance. The same path whatever the steps. `count` values.
 * Sources: Li et al. 2020 (arXiv:2001.01328), virtual Brownian tree; torchsde 0.2.6 for seeds and rounding.
 */
export function brownianNoiseSampler(seed: bigint, count: number, sigmaMin: number, sigmaMax: number): NoiseSampler {
  const normal = (word: number) => new TorchGenerator(BigInt(word)).randn(count);
  const [from, to] = [rounded(sigmaMin), rounded(sigmaMax)];
  const scale = Math.sqrt(to - from);
  const top = normal(seedSequence(seed, [], POOL, 3)[0]!).map((v) => v * scale);
  const root: Stretch = { from, to, key: 0n, depth: 0n, increment: top };

  const halves = (whole: Stretch): readonly [Stretch, Stretch] => {
    if (whole.halves) return whole.halves;
    const { from, to, key, depth, increment } = whole;
    const middle = rounded((from + to) / 2);
    const share = (middle - from) / (to - from);
    const deviation = Math.sqrt(((middle - from) * (to - middle)) / (to - from));
    const fresh = normal(seedSequence(seed, [key, depth], POOL, 4)[0]!);
    const left = increment.map((v, i) => v * share + deviation * fresh[i]!);
    whole.halves = [
      { from, to: middle, key: 2n * key, depth: depth + 1n, increment: left },
      { from: middle, to, key: 2n * key + 1n, depth: depth + 1n, increment: increment.map((v, i) => v - left[i]!) },
    ];
    return whole.halves;
  };
  /** Adds W(b) - W(a) to `sum`; a and b lie in the stretch. */
  const add = (sum: Float32Array, stretch: Stretch, a: number, b: number): void => {
    if (a >= b) return;
    if (a <= stretch.from && b >= stretch.to) {
      for (let i = 0; i < count; i++) sum[i]! += stretch.increment[i]!;
      return;
    }
    const [left, right] = halves(stretch);
    if (a < left.to) add(sum, left, a, Math.min(b, left.to));
    if (b > left.to) add(sum, right, Math.max(a, left.to), b);
  };
  return (sigma, sigmaNext) => {
    const sum = new Float32Array(count);
    const [a, b] = [Math.min(sigma, sigmaNext), Math.max(sigma, sigmaNext)];
    add(sum, root, Math.max(rounded(a), from), Math.min(rounded(b), to));
    const factor = Math.sign(sigmaNext - sigma) / Math.sqrt(b - a);
    return sum.map((v) => v * factor);
  };
}

/** Python's `round(x, 6)`: the nearest by the double's exact value, a tie to the even digit. */
function rounded(x: number): number {
  const exact = x.toFixed(80);
  const cut = exact.indexOf(".") + 1 + DECIMALS;
  const tie = /^50*$/.test(exact.slice(cut));
  return tie && "02468".includes(exact[cut - 1]!) ? Number(exact.slice(0, cut)) : Number(x.toFixed(DECIMALS));
}
