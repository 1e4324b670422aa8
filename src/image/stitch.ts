import { gridOfImage, imageOfGrid } from "./grids.ts";
import { type ImageBatch, imageBatch } from "./image.ts";
import { paste } from "./paste.ts";

/** What fills a picture: a value for each of its channels. */
export type Colour = readonly number[];

/** Pictures in a larger frame of one colour, in its middle; the odd pixel goes to the right and below. */
export function frame(image: ImageBatch, width: number, height: number, colour: Colour): ImageBatch {
  if (image.width === width && image.height === height) return image;
  const [x, y] = [Math.floor((width - image.width) / 2), Math.floor((height - image.height) / 2)];
  return imageOfGrid(paste(gridOfImage(filled({ ...image, width, height }, colour)), gridOfImage(image), x, y));
}

/**
 * Pictures side by side (or, `down`, one below the other), with `gap` pixels of `colour` between. Same batch and channels, and the same
 * size across.
 */
export function stitch(
  first: ImageBatch,
  second: ImageBatch,
  { down, gap, colour }: { readonly down: boolean; readonly gap: number; readonly colour: Colour },
): ImageBatch {
  const width = down ? first.width : first.width + gap + second.width;
  const height = down ? first.height + gap + second.height : first.height;
  const [x, y] = down ? [0, first.height + gap] : [first.width + gap, 0];
  const blank = gridOfImage(filled({ ...first, width, height }, colour));
  return imageOfGrid(paste(paste(blank, gridOfImage(first), 0, 0), gridOfImage(second), x, y));
}

/** Pictures of nothing but a colour. */
function filled({ width, height, channels, batch }: Omit<ImageBatch, "data">, colour: Colour): ImageBatch {
  const image = imageBatch({ width, height, channels, batch });
  for (let i = 0; i < image.data.length; i++) image.data[i] = colour[i % channels]!;
  return image;
}
