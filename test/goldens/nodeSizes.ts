import { kontextSize } from "../../src/image/kontextSize.ts";
import { totalPixels } from "../../src/image/totalPixels.ts";
import { emptyLatent, fitLatent } from "../../src/nodes/latent/emptyLatent.ts";
import type { LatentFormat } from "../../src/nodes/values.ts";
import type { GoldenCase, GoldenTensor } from "./goldenCase.ts";
import { type Expected, row } from "./kindRunner.ts";

interface Size {
  readonly width: number;
  readonly height: number;
  readonly out: readonly number[];
}
interface TotalPixels extends Size {
  readonly megapixels: number;
  readonly resolution_steps: number;
}
interface EmptyLatentRow {
  readonly latent_format: string;
  readonly latent_shape: readonly [number, number, number, number];
  readonly downscale_ratio_spacial: number | null;
  readonly out_shape: readonly number[];
}
const FORMATS: Readonly<Record<string, LatentFormat>> = {
  Flux2: { channels: 128, cell: 16 },
  Flux: { channels: 16, cell: 8 },
  SDXL: { channels: 4, cell: 8 },
};
const rows = <T>(golden: GoldenCase, name: string) => golden.json[name] as readonly T[];

/** The sizes that nodes choose, of the case that lists nothing else. */
export function nodeSizes(golden: GoldenCase): Record<string, GoldenTensor> {
  const totals = rows<TotalPixels>(golden, "total_pixels").flatMap((r) => {
    const { width, height } = totalPixels(r.width, r.height, r.megapixels, r.resolution_steps);
    return [width, height];
  });
  const kontext = rows<Size>(golden, "flux_kontext_image_scale").flatMap((r) => {
    const { width, height } = kontextSize(r.width, r.height);
    return [width, height];
  });
  const empty = rows<EmptyLatentRow>(golden, "fix_empty_latent").flatMap((r) => {
    const [batch, channels, height, width] = r.latent_shape;
    const cell = r.downscale_ratio_spacial;
    const format = { channels, cell: cell ?? 1 };
    const { emptyCell: _, ...latent } = emptyLatent(width * format.cell, height * format.cell, batch, format);
    const fitted = fitLatent(cell === null ? latent : { ...latent, emptyCell: cell }, FORMATS[r.latent_format]!)!;
    return [fitted.batch, fitted.channels, fitted.height, fitted.width];
  });
  return { total_pixels: row(totals), flux_kontext_image_scale: row(kontext), fix_empty_latent: row(empty) };
}

export function nodeSizesExpected(golden: GoldenCase): Record<string, Expected> {
  return {
    total_pixels: row(rows<Size>(golden, "total_pixels").flatMap(({ out }) => out)),
    flux_kontext_image_scale: row(rows<Size>(golden, "flux_kontext_image_scale").flatMap(({ out }) => out)),
    fix_empty_latent: row(rows<EmptyLatentRow>(golden, "fix_empty_latent").flatMap((r) => r.out_shape)),
  };
}
