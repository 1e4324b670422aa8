import type { Sampler } from "../sampler.ts";
import { mix, weigh } from "./arrays.ts";
import { solveLinear } from "./solveLinear.ts";

const ORDER = 3;
/** Its log SNR is finite; ComfyUI's value. The schedule's last 0 becomes this, also for what comes after the sampler. */
const ALMOST_ZERO = 0.001;

/** A prediction that later steps build on, and where it was made. */
interface Past {
  readonly lambda: number;
  readonly denoised: Float32Array;
}

/**
 * UniPC, multistep, third order, in variance-preserving terms: z = x / sqrt(1 + sigma^2), lambda = -log sigma. Each step predicts, asks
 * the model at the new level, and corrects with what it said; that answer serves the next step. `variant`: B(h) = h or e^h - 1.
 * With one step there is no second answer and order 0: as in ComfyUI the model is asked, and x stays as noisy as it was.
 * Source: Zhao et al. 2023 (arXiv:2302.04867), algorithms 1 and 2.
 */
export const uniPc =
  ({ variant }: { readonly variant: "bh1" | "bh2" }): Sampler =>
  async ({ x, sigmas, denoise, callback }) => {
    const steps = sigmas.length - 1;
    if (sigmas[steps] === 0) sigmas[steps] = ALMOST_ZERO;
    const order = Math.min(ORDER, sigmas.length - 2);
    const predict = (z: Float32Array, sigma: number) =>
      denoise(
        z.map((v) => v * Math.sqrt(1 + sigma ** 2)),
        sigma,
      );
    const start = Math.sqrt(1 + sigmas[0]! ** 2);
    let z: Float32Array = x.map((v) => v / start);
    /** Newest first. */
    const past: Past[] = [];
    const remember = (sigma: number, denoised: Float32Array) => {
      past.unshift({ lambda: -Math.log(sigma), denoised });
      past.length = Math.min(past.length, Math.max(order, 1));
    };
    for (let i = 0; i < steps; i++) {
      const sigma = sigmas[i]!;
      if (i === 0) remember(sigma, await predict(z, sigma));
      else {
        const step = prepare(z, sigmas[i - 1]!, sigma, past.slice(0, Math.min(i, order, steps + 1 - i)), variant);
        const denoised = await predict(step.predicted(), sigma);
        z = step.corrected(denoised);
        remember(sigma, denoised);
      }
      if (i === steps - 1 && order > 0) {
        // down to the last level by prediction alone
        z = prepare(z, sigma, sigmas[steps]!, past.slice(0, 1), variant).predicted();
      }
      callback?.({ step: i, steps, sigma, x: z, denoised: past[0]!.denoised });
    }
    const end = Math.sqrt(1 + sigmas[steps]! ** 2);
    return z.map((v) => v * end);
  };

/** One step from `from` to `to` on the predictions of `past`, whose length is the order. */
function prepare(z: Float32Array, from: number, to: number, past: readonly Past[], variant: "bh1" | "bh2") {
  const [newest, ...older] = past as [Past, ...Past[]];
  const alpha = 1 / Math.sqrt(1 + to ** 2);
  const h = -Math.log(to) - newest.lambda;
  const bh = variant === "bh1" ? -h : Math.expm1(-h);
  const deviation = (sigma: number) => sigma / Math.sqrt(1 + sigma ** 2);
  const base = mix(deviation(to) / deviation(from), z, -alpha * Math.expm1(-h), newest.denoised);

  const ratios = [...older.map(({ lambda }) => (lambda - newest.lambda) / h), 1];
  const slopes = older.map(({ denoised }, k) => mix(1 / ratios[k]!, denoised, -1 / ratios[k]!, newest.denoised));
  const { matrix, right } = conditions(ratios, h, bh);
  const weights = (n: number) =>
    n === 1
      ? [0.5]
      : solveLinear(
          matrix.slice(0, n).map((line) => line.slice(0, n)),
          right.slice(0, n),
        );
  return {
    predicted(): Float32Array {
      if (slopes.length === 0) return base;
      const p = weights(slopes.length);
      return weigh([1, base], ...slopes.map((slope, k) => [-alpha * bh * p[k]!, slope] as const));
    },
    corrected(denoised: Float32Array): Float32Array {
      const c = weights(ratios.length);
      const all = [...slopes, mix(1, denoised, -1, newest.denoised)];
      return weigh([1, base], ...all.map((slope, k) => [-alpha * bh * c[k]!, slope] as const));
    },
  };
}

/** The order conditions R rho = b. */
function conditions(ratios: readonly number[], h: number, bh: number): { matrix: number[][]; right: number[] } {
  const hh = -h;
  const matrix: number[][] = [];
  const right: number[] = [];
  let factorial = 1;
  let phi = Math.expm1(hh) / hh - 1;
  for (let i = 1; i <= ratios.length; i++) {
    matrix.push(ratios.map((ratio) => ratio ** (i - 1)));
    right.push((phi * factorial) / bh);
    factorial *= i + 1;
    phi = phi / hh - 1 / factorial;
  }
  return { matrix, right };
}
