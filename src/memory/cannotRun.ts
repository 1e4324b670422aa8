import type { CannotAdopt } from "./adopt.ts";
import { BudgetTooSmall, OutOfDeviceMemory, RoomIsLeased } from "./errors.ts";
import type { DoesNotFit } from "./residency.ts";
import { type State, weightLimit } from "./state.ts";
import type { Bytes } from "./words.ts";

/** A schedule that does not fit, as the value that `announce` returns: which ceiling is too low, and what would do. */
export function doesNotFit({ budget }: State, stage: string, weightBytes: Bytes, besideBytes: Bytes): DoesNotFit {
  const limit = budget.weights < budget.vram - besideBytes ? "weights" : "vram";
  return {
    stage,
    weightBytes,
    reservedBytes: besideBytes,
    budget,
    limit,
    needed: limit === "weights" ? weightBytes : weightBytes + besideBytes,
  };
}

/** Why no plan could be carried out, as the error that the acquire of `stage`, or the announcement, ends with. */
export function cannotRun(state: State, error: CannotAdopt, stage: string): Error {
  const { memory, pool } = state;
  const limit = weightLimit({ ...state, faultLimit: Number.POSITIVE_INFINITY });
  if (error.kind === "leased") return new RoomIsLeased(stage, error.short, limit, pool.bytes);
  const { needed } = error.error;
  if (error.kind === "refused")
    return new OutOfDeviceMemory(memory.device, error.error.stage, needed, pool.bytes, limit);
  return new BudgetTooSmall(error.error.stage, needed, limit);
}
