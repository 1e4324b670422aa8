import type { Tensor } from "../graph.ts";
import { expectContiguous, expectDenseRows, expectF32, expectFinite, expectRank, refuse, show } from "./checks.ts";

/**
 * softmax(q k^T * scale + mask) v without the T x S matrix in memory. q: [B, H, T, D] f32; k: [B, Hkv, S, D], v: [B, Hkv, S, Dv], both f32
 * or both f16, Hkv divides H (head h of q meets head floor(h * Hkv / H)); all three may be strided views with dense rows. mask: f16 [T, S],
 * contiguous, shared by all heads and batches, 0 or -Infinity or a bias. Result [B, T, H, Dv] f32, contiguous. Throws ShapeError.
 * Source: arXiv:2205.14135.
 */
export function flashAttention(q: Tensor, k: Tensor, v: Tensor, scale: number, mask?: Tensor): Tensor {
  const op = "flashAttention";
  expectF32(op, "q", q);
  if ((k.dtype !== "f32" && k.dtype !== "f16") || v.dtype !== k.dtype)
    refuse(q, op, `k is ${show(k)}, v is ${show(v)}, expected both f32 or both f16`);
  for (const [name, t] of [
    ["q", q],
    ["k", k],
    ["v", v],
  ] as const) {
    expectRank(op, name, t, 4);
    expectDenseRows(op, name, t);
  }
  const [batch, heads, tokens, depth] = q.shape as [number, number, number, number];
  const [kb, kh, keys, kd] = k.shape as [number, number, number, number];
  const [vb, vh, vs, width] = v.shape as [number, number, number, number];
  if (kb !== batch || kd !== depth) refuse(q, op, `q is ${show(q)}, k is ${show(k)}: batch and width must be equal`);
  if (vb !== kb || vh !== kh || vs !== keys)
    refuse(q, op, `k is ${show(k)}, v is ${show(v)}: they differ before the last axis`);
  if (heads % kh !== 0) refuse(q, op, `${kh} heads of k ${show(k)} do not divide ${heads} of q ${show(q)}`);
  expectFinite(op, q, "scale", scale);
  if (mask) {
    if (mask.dtype !== "f16") refuse(q, op, `mask is ${show(mask)}, expected f16`);
    expectContiguous(op, "mask", mask);
    if (mask.shape.length !== 2 || mask.shape[0] !== tokens || mask.shape[1] !== keys)
      refuse(q, op, `mask is ${show(mask)}, expected [${tokens}, ${keys}]`);
  }
  return q.graph.add({
    op,
    inputs: mask ? [q, k, v, mask] : [q, k, v],
    params: { scale },
    dtype: "f32",
    shape: [batch, tokens, heads, width],
    flops: 2 * batch * heads * tokens * keys * (depth + width),
  });
}
