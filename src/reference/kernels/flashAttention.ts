import type { Kernel } from "../kernel.ts";
import { load } from "../load.ts";
import { store } from "../store.ts";

/** softmax(q k^T * scale + mask) v. q: [B, H, T, D], k: [B, G, S, D], v: [B, G, S, E] -> [B, T, H, E]. A row with every key masked is 0. */
export const flashAttention: Kernel = ([q, k, v, mask], out, { scale }) => {
  const [batch, heads, tokens, depth] = q!.shape as [number, number, number, number];
  const [, groups, keys, width] = v!.shape as [number, number, number, number];
  const [qs, ks, vs] = [load(q!), load(k!), load(v!)];
  const bias = mask && load(mask);
  const y = new Float64Array(batch * tokens * heads * width);
  const weights = new Float64Array(keys);
  for (let b = 0; b < batch; b++)
    for (let h = 0; h < heads; h++) {
      const group = b * groups + Math.floor((h * groups) / heads);
      for (let t = 0; t < tokens; t++) {
        const from = ((b * heads + h) * tokens + t) * depth;
        let largest = Number.NEGATIVE_INFINITY;
        for (let s = 0; s < keys; s++) {
          let dot = 0;
          for (let i = 0, at = (group * keys + s) * depth; i < depth; i++) dot += qs[from + i]! * ks[at + i]!;
          weights[s] = dot * (scale as number) + (bias ? bias[t * keys + s]! : 0);
          largest = Math.max(largest, weights[s]!);
        }
        if (largest === Number.NEGATIVE_INFINITY) continue;
        let sum = 0;
        for (let s = 0; s < keys; s++) sum += weights[s] = Math.exp(weights[s]! - largest);
        const to = ((b * tokens + t) * heads + h) * width;
        for (let s = 0; s < keys; s++) {
          const share = weights[s]! / sum;
          for (let i = 0, at = (group * keys + s) * width; i < width; i++) y[to + i]! += share * vs[at + i]!;
        }
      }
    }
  store(out, y);
};
