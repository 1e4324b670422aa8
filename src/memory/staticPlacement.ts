import { pinOrder } from "./pinOrder.ts";
import type { Policy } from "./policy.ts";
import { flatten } from "./schedule.ts";
import { fail, ok } from "./words.ts";

/** `--disable-dynamic-vram`: everything that the schedule uses is loaded before its first step and stays, or it is refused. */
export const staticPlacement: Policy = {
  name: "static",
  plan(state, schedule) {
    const track = flatten(schedule);
    const order = pinOrder(track, state.bytes);
    let modelBytes = 0;
    for (const weight of order) modelBytes += state.bytes(weight);
    if (modelBytes > state.budget) {
      const bytesOf = (weights: readonly number[]) => [...new Set(weights)].reduce((sum, w) => sum + state.bytes(w), 0);
      const largest = track.uses.reduce((a, b) => (bytesOf(b.weights) > bytesOf(a.weights) ? b : a), track.uses[0]!);
      return fail({ stage: largest?.stage ?? "", needed: modelBytes, budget: state.budget });
    }
    return ok({
      policy: "static",
      modelBytes,
      pinned: new Set(order),
      pinnedBytes: modelBytes,
      windowBytes: 0,
      windowChunks: [],
      ahead: true,
      eager: true,
    });
  },
};
