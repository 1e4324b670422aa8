/** How a picture's values stand for light: as screens take them (IEC 61966-2-1), as hybrid log-gamma (ITU-R BT.2100), or in proportion. */
export type ColorSpace = "sRGB" | "HDR" | "linear";

/** BT.2100, table 5. */
const A = 0.17883277;
const B = 0.28466892;
const C = 0.55991072928;

/** The scene's light for a value of sRGB; below 0 the line goes on. */
export const srgbToLinear = (v: number): number => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);

/** The scene's light, 0 to 1, for a value of hybrid log-gamma; above 1 the curve goes on. */
export const hlgToLinear = (v: number): number => (v <= 0.5 ? v ** 2 / 3 : (Math.exp((v - C) / A) + B) / 12);

const CURVES = { sRGB: srgbToLinear, HDR: hlgToLinear, linear: (v: number) => v } as const;

/** Pictures' values [..., channels] in linear light; a fourth channel is alpha and stays. */
export function linearLight(values: Float32Array, channels: number, from: ColorSpace): Float32Array {
  const curve = CURVES[from];
  return values.map((v, i) => (channels === 4 && i % 4 === 3 ? v : curve(v)));
}
