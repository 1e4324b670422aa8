import type { Thrash } from "../memory/thrashWatch.ts";
import { formatBytes } from "./formatBytes.ts";

/**
 * A sentence on weights that go in and out again, and the smallest change that would end it. `flag` is the ceiling that binds, `limit` its value in
 * bytes; `null`: nobody set one, and more than the device has cannot be had.
 */
export function describeThrash(
  model: string,
  { moved, bound, cause, more, leastVram }: Thrash,
  ceiling: { readonly flag: "--vram" | "--vram-weights"; readonly limit: number } | null,
): string {
  const size = (bytes: number, round?: "up") => formatBytes(bytes, round).replace(" ", "");
  const what = `${model}: weights go in and out again, ${formatBytes(moved)} in one pass where ${formatBytes(bound)} would do`;
  const smaller = "a smaller picture or a quantised file of the model";
  switch (cause) {
    case "room":
      return ceiling === null
        ? `${what}: something else needs their room. They lack ${formatBytes(more)}; ${smaller} needs less.`
        : `${what}: something else needs their room. ${ceiling.flag} ${size(ceiling.limit + more, "up")} would keep them; ${smaller} needs less.`;
    case "budget":
      return `${what}: the budget of device memory goes up and down. Close what else uses the device, or keep to --vram ${size(leastVram)}.`;
    case "fault":
      return `${what}: the device refuses memory that the budget allows. Close what else uses it, or keep --reserve-vram ${size(more, "up")} for it.`;
    case "trim":
      return `${what}: memory is asked back while it runs.`;
  }
}
