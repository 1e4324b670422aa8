/**
 * What Vulkan may be off, in shares of each golden's own tolerance (which the CPU meets): 1 is the golden's. In strict mode operands stay
 * f32, so only the order of sums differs. Source: measured on lavapipe (Mesa 25.0.7, ggml 0.23.0): 0.032, 0.0075 and 0.014, times 4 and a little.
 */
export const SHARE_OF_TOLERANCE: Readonly<Record<string, number>> = {
  "flux2/klein_8x8": 0.15,
  "text/qwen3_a": 0.03,
  "vae/flux2_decode_64x64": 0.06,
};
