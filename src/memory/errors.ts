import type { Bytes, DeviceId, WeightId } from "./words.ts";

/** What the residency core rejects with. `code` is stable; messages carry the numbers and the next step. */
export abstract class MemoryError extends Error {
  abstract readonly code: string;
}

/** A use or schedule names a weight that was never registered, or whose model was closed. */
export class UnknownWeight extends MemoryError {
  override readonly name = "UnknownWeight";
  readonly code = "unknown-weight";
  constructor(weight: WeightId, stage: string) {
    super(`stage ${stage} asks for weight ${weight}, which is not registered (its model may have been closed)`);
  }
}

/** A weight is larger than the largest buffer the device can make. */
export class WeightTooLarge extends MemoryError {
  override readonly name = "WeightTooLarge";
  readonly code = "weight-too-large";
  constructor(weight: string, bytes: Bytes, maximum: Bytes, device: DeviceId) {
    super(
      `weight ${weight} has ${bytes} bytes, and ${device} makes no buffer larger than ${maximum}; use another device or a smaller encoding of the model`,
    );
  }
}

/** A stage cannot have its weights resident at once under the budget in force. */
export class BudgetTooSmall extends MemoryError {
  override readonly name = "BudgetTooSmall";
  readonly code = "budget-too-small";
  constructor(stage: string, needed: Bytes, budget: Bytes) {
    super(
      `stage ${stage} needs ${needed} bytes of weights at once, and ${budget} are allowed; raise --vram or --vram-weights`,
    );
  }
}

/** Other leases hold the room that an acquire needs. Waiting could be for ever, so it is an error. */
export class RoomIsLeased extends MemoryError {
  override readonly name = "RoomIsLeased";
  readonly code = "room-is-leased";
  constructor(stage: string, needed: Bytes, budget: Bytes, leased: Bytes) {
    super(
      `stage ${stage} needs ${needed} more bytes for weights; ${budget} are allowed and ${leased} are in use by stages that have not ended; release them first or raise --vram`,
    );
  }
}

/** The device refused memory that the budget allows, and a smaller plan did not help. */
export class OutOfDeviceMemory extends MemoryError {
  override readonly name = "OutOfDeviceMemory";
  readonly code = "out-of-device-memory";
  constructor(device: DeviceId, stage: string, needed: Bytes, held: Bytes, budget: Bytes) {
    super(
      `${device} refused memory: stage ${stage} needs ${needed} bytes of weights, ${held} are held and the budget allows ${budget}; other programs may hold the rest: close them, or lower --vram`,
    );
  }
}

/** An upload failed twice. */
export class UploadFailed extends MemoryError {
  override readonly name = "UploadFailed";
  readonly code = "upload-failed";
  constructor(device: DeviceId, weight: string, bytes: Bytes, cause: unknown) {
    super(
      `${device} failed twice to take ${bytes} bytes of ${weight}: ${cause instanceof Error ? cause.message : String(cause)}; run again, with a smaller --vram if it fails again`,
      {
        cause,
      },
    );
  }
}

/** The machine has no memory left to bring a weight to its device through. */
export class OutOfHostMemory extends MemoryError {
  override readonly name = "OutOfHostMemory";
  readonly code = "out-of-host-memory";
  constructor(weight: string, bytes: Bytes) {
    super(`there is no memory for the ${bytes} bytes through which ${weight} goes to its device; close other programs`);
  }
}

/** The measured reserve alone passes the ceiling. */
export class ReserveTooLarge extends MemoryError {
  override readonly name = "ReserveTooLarge";
  readonly code = "reserve-too-large";
  constructor(reserve: Bytes, ceiling: Bytes) {
    super(`${reserve} bytes are kept for the device's own use, and --vram allows ${ceiling} in all; raise --vram`);
  }
}
