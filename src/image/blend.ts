/** One value over another, both 0 to 1: ComfyUI's names. Source: W3C Compositing and Blending Level 1 (soft light, overlay, screen). */
export const BLEND_MODES: Readonly<Record<string, (below: number, above: number) => number>> = {
  normal: (_, b) => b,
  multiply: (a, b) => a * b,
  screen: (a, b) => 1 - (1 - a) * (1 - b),
  overlay: (a, b) => (a <= 0.5 ? 2 * a * b : 1 - 2 * (1 - a) * (1 - b)),
  soft_light: (a, b) => (b <= 0.5 ? a - (1 - 2 * b) * a * (1 - a) : a + (2 * b - 1) * (softened(a) - a)),
  difference: (a, b) => a - b,
};

const softened = (x: number): number => (x <= 0.25 ? ((16 * x - 12) * x + 4) * x : Math.sqrt(x));

/** `share` of the blend, the rest `below`; cut to 0..1. Same sizes. */
export function blend(below: Float32Array, above: Float32Array, mode: string, share: number): Float32Array {
  const mixed = BLEND_MODES[mode]!;
  return below.map((a, i) => Math.min(Math.max(a * (1 - share) + mixed(a, above[i]!) * share, 0), 1));
}
