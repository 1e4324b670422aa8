import { BadModelInput } from "../errors.ts";
import type { Flux2Dims } from "./dims.ts";

/** How the tokens of reference pictures are told apart from the picture's own: see `positions`. */
export type ReferenceMethod = "index" | "offset" | "uxo" | "index_timestep_zero";

/** Sizes of one forward pass. Heights and widths are in latent cells of 16 x 16 pixels. */
export interface Flux2Shape {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly textTokens: number;
  /** Latents the picture may look at, each of its own size. */
  readonly references?: readonly { readonly height: number; readonly width: number }[];
  readonly referenceMethod?: ReferenceMethod;
  /** What attention makes of the references is handed out by each block, for passes that have it as `keptTokens`. */
  readonly keepReferences?: boolean;
  /** Tokens of references that are not among `references`: blocks are handed what a pass with `keepReferences` made of them. */
  readonly keptTokens?: number;
  /** A guidance value is given (it is ignored where the file has no `guidance_in`). Default: no. */
  readonly guidance?: boolean;
}

/** Times that a pass knows: the present, and 0 where references are taken as finished pictures. */
export const moments = ({ references = [], referenceMethod }: Flux2Shape): 1 | 2 =>
  referenceMethod === "index_timestep_zero" && references.length > 0 ? 2 : 1;

/** How many tokens of each stream, and of all, are at each moment: the references come last. */
export function spans(shape: Flux2Shape): Readonly<Record<"txt" | "img" | "all", readonly number[]>> {
  const own = shape.height * shape.width;
  const others = (shape.references ?? []).reduce((sum, r) => sum + r.height * r.width, 0);
  const split = (present: number) => (moments(shape) === 2 ? [present, others] : [present + others]);
  return { txt: [shape.textTokens], img: split(own), all: split(shape.textTokens + own) };
}

/** The bounds keep every size an exact number and every index within 2^31, as the devices count. */
const MAX_SIDE = 4096;
const MAX_TOKENS = 1 << 20;

/** Throws `BadModelInput` for sizes that no pass can have. */
export function checkFlux2Shape(dims: Flux2Dims, shape: Flux2Shape): void {
  const sides = [shape, ...(shape.references ?? [])];
  for (const { height, width } of sides)
    if (!isCount(height, MAX_SIDE) || !isCount(width, MAX_SIDE))
      throw new BadModelInput(
        `a latent of ${height} x ${width} cells: each side must be a whole number from 1 to ${MAX_SIDE}`,
      );
  if (!isCount(shape.batch, 4096)) throw new BadModelInput(`a batch of ${shape.batch}: from 1 to 4096 is possible`);
  if (!isCount(shape.textTokens, MAX_TOKENS))
    throw new BadModelInput(`a text of ${shape.textTokens} tokens: at least 1 is needed`);
  const tokens = sides.reduce(
    (sum, { height, width }) => sum + height * width,
    shape.textTokens + (shape.keptTokens ?? 0),
  );
  if (tokens * shape.batch > MAX_TOKENS || tokens * shape.batch * dims.hidden > 2 ** 40)
    throw new BadModelInput(
      `${tokens} tokens in a batch of ${shape.batch}: at most ${MAX_TOKENS} in all. Make the picture smaller.`,
    );
}

const isCount = (n: number, most: number): boolean => Number.isSafeInteger(n) && n >= 1 && n <= most;
