import { finiteStart, logSnr } from "../logSnr.ts";
import { defaultNoiseSampler } from "../noiseSampler.ts";
import type { Sampler } from "../sampler.ts";
import { mix, weigh } from "./arrays.ts";
import type { SdeOptions } from "./sdeOptions.ts";
import { solveLinear } from "./solveLinear.ts";

interface SaSolverOptions extends SdeOptions {
  /** Asks the model again after correcting. */
  readonly pece?: boolean;
  /** Predictions that a step is predicted from, 1 to 6, and corrected with, 0 (not at all) to 6. Default: 3 and 4. */
  readonly predictorOrder?: number;
  readonly correctorOrder?: number;
  /** Noise is renewed only between these levels. Default: those at 0.2 and 0.8 of the way. */
  readonly noisy?: readonly [highest: number, lowest: number];
  /** The paper's simpler weights for steps on two predictions. */
  readonly simpleSecond?: boolean;
}

/**
 * Stochastic Adams: predicts from the last predictions of the model, then corrects with the newest one.
 * Source: Xue et al. 2023 (arXiv:2309.05019), algorithm 1; appendix D for the simpler weights.
 */
export const saSolver =
  ({
    pece = false,
    predictorOrder = 3,
    correctorOrder = 4,
    noisy,
    simpleSecond = false,
    eta = 1,
    sNoise = 1,
  }: SaSolverOptions = {}): Sampler =>
  async ({ x, sigmas, denoise, sampling, seed, callback }) => {
    const draw = eta * sNoise > 0 ? defaultNoiseSampler(seed, x.length) : null;
    const { lambda, alpha } = logSnr(sampling);
    const levels = finiteStart(sigmas, sampling);
    const lambdas = Array.from(levels, lambda);
    const [highest, lowest] = noisy ?? [sampling.percentToSigma(0.2), sampling.percentToSigma(0.8)];
    const steps = levels.length - 1;
    const endsAtZero = levels[steps] === 0;
    /** Oldest first. */
    const past: Float32Array[] = [];
    let predicted = x;
    let noise: Float32Array | null = null;
    let tau = 0;
    /** The step that ends at level `to`, from `from`, on the predictions made at the last `order` levels up to `newest`. */
    const adams = (from: number, to: number, newest: number, order: number) => {
      const nodes = lambdas.slice(newest - order + 1, newest + 1);
      const weights = simpleSecond && order === 2 ? simpleWeights : lagrangeIntegrals;
      const integrals = weights(nodes, lambdas[from]!, lambdas[to]!, 1 + tau ** 2);
      const keep = (levels[to]! / levels[from]!) * Math.exp(-(tau ** 2) * (lambdas[to]! - lambdas[from]!));
      const terms = past
        .slice(-order)
        .map((prediction, k) => [alpha(levels[to]!) * integrals[k]!, prediction] as const);
      return weigh([keep, x], ...terms);
    };
    for (let i = 0; i < steps; i++) {
      const sigma = levels[i]!;
      const next = levels[i + 1]!;
      let denoised = await denoise(predicted, sigma);
      callback?.({ step: i, steps, sigma, x: predicted, denoised });
      past.push(denoised);
      if (past.length > Math.max(predictorOrder, correctorOrder)) past.shift();
      let predictor = Math.min(predictorOrder, past.length);
      let corrector = i === 0 || (next === 0 && !pece) ? 0 : Math.min(correctorOrder, past.length);
      if (endsAtZero) {
        predictor = Math.min(predictor, steps - 1 - i);
        corrector = Math.min(corrector, steps - i);
      }
      if (corrector === 0) x = predicted;
      else {
        x = adams(i - 1, i, i, corrector);
        if (noise !== null) x = mix(1, x, 1, noise);
        if (pece) {
          denoised = await denoise(x, sigma);
          past[past.length - 1] = denoised;
        }
      }
      if (next === 0) {
        predicted = denoised;
        continue;
      }
      tau = highest >= next && next >= lowest ? eta : 0;
      predicted = adams(i, i + 1, i, predictor);
      noise = null;
      if (tau > 0 && draw !== null) {
        const deviation = next * Math.sqrt(-Math.expm1(-2 * tau ** 2 * (lambdas[i + 1]! - lambdas[i]!)));
        noise = draw(sigma, next).map((v) => v * deviation * sNoise);
        predicted = mix(1, predicted, 1, noise);
      }
    }
    return predicted;
  };

/**
 * For each node the integral over [from, to] of rate e^(-rate (to - l)) times the Lagrange polynomial of the nodes: moments of powers of
 * l - to by integration by parts, then the weights that reproduce them.
 */
function lagrangeIntegrals(nodes: readonly number[], from: number, to: number, rate: number): number[] {
  const decay = Math.exp(-rate * (to - from));
  const moments: number[] = [];
  for (let p = 0; p < nodes.length; p++) {
    const edge = (p === 0 ? 1 : 0) - (from - to) ** p * decay;
    moments.push(p === 0 ? edge : edge - (p / rate) * moments[p - 1]!);
  }
  const powers = moments.map((_, p) => nodes.map((node) => (node - to) ** p));
  return solveLinear(powers, moments);
}

/** The same for two nodes, by a difference in place of the integral. A node at `to` is what a step is corrected with. */
function simpleWeights([older, newest]: readonly number[], from: number, to: number, rate: number): number[] {
  const h = to - from;
  const whole = -Math.expm1(-rate * h);
  if (newest === to) return [whole - (rate * h) / 2, (rate * h) / 2];
  const before = (rate * h ** 2) / 2 / (older! - from);
  return [before, whole - before];
}
