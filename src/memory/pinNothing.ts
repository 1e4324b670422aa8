import type { Policy } from "./policy.ts";
import { spreadPins } from "./spreadPins.ts";

/**
 * `--novram`: the plan that `spreadPins` makes of the least budget at which it runs at all, whatever there is: one stage's weights at a
 * time. It moves nearly the whole model each pass, and leaves the rest of the device to others.
 */
export const pinNothing: Policy = {
  name: "pin-nothing",
  plan(state, schedule) {
    const nothing = spreadPins.plan(withBudget(state, 0), schedule);
    const least = nothing.ok ? 0 : nothing.error.needed;
    return spreadPins.plan(withBudget(state, Math.min(least, state.budget)), schedule);
  },
};

/** `state` may be an object with methods of its class: they are called on it. */
const withBudget = (state: Parameters<Policy["plan"]>[0], budget: number): Parameters<Policy["plan"]>[0] => ({
  bytes: (weight) => state.bytes(weight),
  resident: state.resident,
  maxChunkBytes: state.maxChunkBytes,
  budget,
});
