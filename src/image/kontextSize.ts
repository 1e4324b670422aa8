/** The sizes Flux Kontext was trained at, about a megapixel each; the upright ones are these turned. Source: BFL's flux repository. */
const WIDE = [
  [1024, 1024],
  [1104, 944],
  [1184, 880],
  [1248, 832],
  [1328, 800],
  [1392, 752],
  [1456, 720],
  [1504, 688],
  [1568, 672],
] as const;

/** The size of those whose proportions are nearest. */
export function kontextSize(width: number, height: number): { readonly width: number; readonly height: number } {
  const sizes = [
    ...WIDE.slice(1)
      .map(([w, h]) => [h, w] as const)
      .reverse(),
    ...WIDE,
  ];
  const off = ([w, h]: readonly [number, number]) => Math.abs(width / height - w / h);
  const [w, h] = sizes.reduce((best, size) => (off(size) < off(best) ? size : best));
  return { width: w, height: h };
}
