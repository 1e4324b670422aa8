import { mul, scale, sigmoid, sqr, type Tensor } from "../../tensor/index.ts";

/**
 * 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))), written as x sigmoid(2 sqrt(2/pi) x (1 + 0.044715 x^2)), which is the same: ggml's own reads
 * a table of f16 on the CPU. x: f32, contiguous. Source: arXiv:1606.08415.
 */
export function geluTanh(x: Tensor): Tensor {
  const twice = 2 * Math.sqrt(2 / Math.PI);
  return mul(x, sigmoid(mul(x, scale(sqr(x), twice * 0.044715, twice))));
}
