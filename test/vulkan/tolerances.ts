/**
 * What Vulkan may be off, in shares of each golden's own tolerance (which the CPU meets): 1 is the golden's. In strict mode operands stay
 * f32, so only the order of sums differs. Source: measured on lavapipe (Mesa 25.0.7, ggml 0.23.0, GGML_VK_DISABLE_F16), times 4.
 */
export const SHARE_OF_TOLERANCE: Readonly<Record<string, number>> = {
  "flux2/klein_8x8": 1,
  "text/qwen3_a": 1,
  "vae/flux2_decode_64x64": 1,
};
