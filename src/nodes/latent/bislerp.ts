import type { Latent } from "../values.ts";

/** Within this of parallel or opposite, directions are not turned into one another. */
const PARALLEL = 1e-5;

/**
 * A latent of another size, between neighbours by turning: the vector of channels at a cell is the spherical mean of its neighbours'
 * directions and the plain mean of their lengths. Columns first, then rows. Source: Shoemake 1985 for the turning.
 */
export function bislerp(latent: Latent, width: number, height: number): Latent {
  const { batch, channels, samples } = latent;
  const wide = along(samples, batch, channels, latent.height, latent.width, width, 1, latent.width, width);
  const data = along(wide, batch, channels, width, latent.height, height, width, 1, 1);
  return { ...latent, width, height, samples: data };
}

/**
 * One axis, `from` cells to `to`, `step` values apart. `lines` other cells; a line's first value is at line times `lineFrom` (`lineTo`
 * in the result).
 */
function along(
  data: Float32Array,
  batch: number,
  channels: number,
  lines: number,
  from: number,
  to: number,
  step: number,
  lineFrom: number,
  lineTo: number,
): Float32Array {
  const plane = lines * from;
  const outPlane = lines * to;
  const out = new Float32Array(batch * channels * outPlane);
  const [a, b, mixed] = [new Float64Array(channels), new Float64Array(channels), new Float64Array(channels)];
  for (let i = 0; i < to; i++) {
    const place = Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1);
    const low = Math.floor(place);
    const high = Math.min(low + 1, from - 1);
    for (let n = 0; n < batch; n++)
      for (let line = 0; line < lines; line++) {
        for (let c = 0; c < channels; c++) {
          const base = (n * channels + c) * plane + line * lineFrom;
          a[c] = data[base + low * step]!;
          b[c] = data[base + high * step]!;
        }
        slerp(a, b, place - low, mixed);
        for (let c = 0; c < channels; c++) out[(n * channels + c) * outPlane + line * lineTo + i * step] = mixed[c]!;
      }
  }
  return out;
}

/** From a (share 0) towards b, into `out`. */
function slerp(a: Float64Array, b: Float64Array, share: number, out: Float64Array): void {
  const [la, lb] = [length(a), length(b)];
  const unit = (v: number, l: number) => (l === 0 ? 0 : v / l);
  let dot = 0;
  for (let c = 0; c < a.length; c++) dot += unit(a[c]!, la) * unit(b[c]!, lb);
  if (dot > 1 - PARALLEL) return void out.set(a);
  if (dot < PARALLEL - 1) {
    for (let c = 0; c < a.length; c++) out[c] = a[c]! * (1 - share) + b[c]! * share;
    return;
  }
  const angle = Math.acos(dot);
  const [wa, wb] = [Math.sin((1 - share) * angle) / Math.sin(angle), Math.sin(share * angle) / Math.sin(angle)];
  const size = la * (1 - share) + lb * share;
  for (let c = 0; c < a.length; c++) out[c] = (wa * unit(a[c]!, la) + wb * unit(b[c]!, lb)) * size;
}

const length = (v: Float64Array): number => Math.sqrt(v.reduce((sum, x) => sum + x * x, 0));
