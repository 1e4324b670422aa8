import type { WeirContext } from "../context.ts";
import { readColours, writeColours } from "./colourFile.ts";
import { LatentColours } from "./latentColours.ts";

const known = new WeakMap<object, LatentColours>();

/** What was learned on one runtime, and in the file of `options.previewColours` by those before it. */
export function coloursOf({ runtime, options }: Pick<WeirContext, "runtime" | "options">): LatentColours {
  let colours = known.get(runtime);
  if (colours === undefined) {
    const file = options.previewColours;
    colours =
      file === undefined
        ? new LatentColours()
        : new LatentColours(readColours(file), (learned) => writeColours(file, learned));
    known.set(runtime, colours);
  }
  return colours;
}
