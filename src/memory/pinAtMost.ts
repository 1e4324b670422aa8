import type { Policy, PolicyState } from "./policy.ts";
import { spreadPins } from "./spreadPins.ts";

/**
 * The plan that `spreadPins` makes of a share of the model's bytes, whatever there is, so that the rest of the device is left to others:
 * `--lowvram` and, with a share of 0, `--novram`. It takes more only where less would not run at all: one stage's weights at a time.
 */
export const pinAtMost = (share: number): Policy => ({
  name: `pin-at-most-${share}`,
  plan(state, schedule) {
    const nothing = spreadPins.plan(withBudget(state, 0), schedule);
    const least = nothing.ok ? 0 : nothing.error.needed;
    const all = spreadPins.plan(withBudget(state, Number.POSITIVE_INFINITY), schedule);
    const wanted = all.ok ? Math.floor(share * all.value.modelBytes) : 0;
    return spreadPins.plan(withBudget(state, Math.min(Math.max(least, wanted), state.budget)), schedule);
  },
});

/** `state` may be an object with methods of its class: they are called on it. */
const withBudget = (state: PolicyState, budget: number): PolicyState => ({
  bytes: (weight) => state.bytes(weight),
  resident: state.resident,
  maxChunkBytes: state.maxChunkBytes,
  budget,
});
