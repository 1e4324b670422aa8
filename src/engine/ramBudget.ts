import { totalmem } from "node:os";
import { parseByteSize } from "./byteSize.ts";
import { EngineError } from "./errors.ts";

/** Of what this process may have of the machine's memory, taken by `auto`: the rest is for file caches, latents and other programs. */
const AUTO_SHARE = 0.5;
/** Changes below this share of the budget are not worth a replan. */
const STEP = 1 / 16;
/** Clean looks after which a budget that fell may rise again: memory that others just gave back is often wanted again at once. */
const PATIENCE = 8;

/** What the machine has, as far as this process may have it (a container's limit counts). Bytes. */
export interface MachineMemory {
  readonly free: number;
  readonly total: number;
}

export function machineMemory(): MachineMemory {
  const limit = process.constrainedMemory();
  const total = limit > 0 && limit < totalmem() ? limit : totalmem();
  return { free: Math.min(process.availableMemory(), total), total };
}

/** `--ram` as a budget that may follow the machine. */
export interface RamBudget {
  readonly bytes: number;
  /** More was asked for than the machine has: both numbers, in a sentence. */
  readonly warning: string | null;
  /** Looks again; `used`: bytes of the budget that are in use. Returns the budget, which stays what it was unless it is `auto`. */
  follow(machine: MachineMemory, used: number): number;
}

/**
 * `--ram 8GB`, `--ram 50%` (of the machine's memory) are kept to; `--ram auto` (also without the flag) follows what the machine has free:
 * down at once, up again after several looks that all found room.
 */
export function ramBudget(text: string | undefined, machine: MachineMemory): RamBudget {
  if (text !== undefined && text.toLowerCase() !== "auto") {
    const size = text === "0" ? { bytes: 0 } : parseByteSize(text);
    if (!size) throw new EngineError({ code: "usage", message: `--ram is "${text}"; expected auto, 0, 8GB or 50%` });
    const bytes = "bytes" in size ? size.bytes : Math.floor(size.share * machine.total);
    const warning =
      bytes > machine.total
        ? `--ram ${text} is more than the ${machine.total} bytes that this machine has; copies of weights may be paged out`
        : null;
    return { bytes, warning, follow: () => bytes };
  }
  let bytes = Math.floor(AUTO_SHARE * machine.free);
  let clean = 0;
  return {
    get bytes() {
      return bytes;
    },
    warning: null,
    follow({ free }, used) {
      const target = Math.floor(AUTO_SHARE * (free + used));
      if (target >= bytes * (1 - STEP)) clean++;
      else clean = 0;
      if (clean === 0 || (clean >= PATIENCE && target > bytes * (1 + STEP))) {
        bytes = target;
        clean = 0;
      }
      return bytes;
    },
  };
}
