import { LatentColours } from "./latentColours.ts";

const known = new WeakMap<object, LatentColours>();

/** What was learned on one runtime: it lives as long as that. */
export function coloursOf(runtime: object): LatentColours {
  let colours = known.get(runtime);
  if (colours === undefined) known.set(runtime, (colours = new LatentColours()));
  return colours;
}
