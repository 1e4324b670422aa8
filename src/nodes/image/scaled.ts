import { gridOfImage, imageOfGrid } from "../../image/grids.ts";
import { type Scaling, scaleGrid } from "../../image/scaleGrid.ts";
import { NodeInputError } from "../errors.ts";
import type { Image, Mask } from "../values.ts";

/** Above this many values a batch of pictures is more than a machine holds, and past what one array can. */
const MAX_VALUES = 2 ** 31;

/** Pictures of another size, for the nodes that scale. Throws NodeInputError where a side is 0 or all is too large. */
export function scaled(image: Image, width: number, height: number, method: string, crop: string = "disabled"): Image {
  checkScaled(image, width, height);
  return imageOfGrid(scaleGrid(gridOfImage(image), width, height, method as Scaling, crop as "disabled" | "center"));
}

/** Whether pictures, or masks, can have that size. Throws NodeInputError. */
export function checkScaled(image: Image | Mask, width: number, height: number): void {
  const values = image.batch * ("channels" in image ? image.channels : 1) * width * height;
  if (!(width >= 1 && height >= 1) || values > MAX_VALUES) {
    throw new NodeInputError(
      `a picture of ${image.width} x ${image.height} cannot become ${width} x ${height}; each side must be at least 1, and all values at most ${MAX_VALUES}`,
    );
  }
}
