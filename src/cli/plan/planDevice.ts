import { availableParallelism, cpus, totalmem } from "node:os";
import { vramBudget } from "../../engine/budget.ts";
import type { PlanningDevice } from "../../nodes/planning/planningRuntime.ts";
import { type Card, cardRates, cards, findCard } from "../../planner/cards.ts";
import type { Rates } from "../../planner/estimate.ts";
import type { Range } from "../../planner/range.ts";
import { planActivations } from "../../tensor/planActivations.ts";
import { UsageError } from "../errors.ts";

/** What is planned for: a card of the table, or this machine's CPU. */
export interface PlanDevice {
  readonly planning: PlanningDevice;
  /** Bytes of its memory. */
  readonly memoryBytes: number;
  /** What a run takes of it when nobody says. */
  readonly defaultVram: number;
  readonly flops: Range | null;
  readonly host: Rates["host"];
  /** Where the figures are from, for people. */
  readonly source: string;
  /** Weights lie in the machine's own memory. */
  readonly unified: boolean;
}

/** CUDA's; the largest buffer is as large as the memory. */
const CUDA_ALIGNMENT = 128;
/** ggml's for host memory. */
const CPU_ALIGNMENT = 32;
/** Left to the desktop and to what a driver takes unasked, as the engine leaves it. */
const CARD_SHARE = 0.95;
/** Single-precision operations of one core in a cycle: two units that multiply and add eight values. */
const CPU_FLOPS_PER_CYCLE = 32;
/** Of that peak. An assumption. */
const CPU_SHARE: Range = { low: 0.05, high: 0.6 };

/** Throws UsageError for a card that is not in the table. Opens nothing. */
export function planDevice(card: string | undefined): PlanDevice {
  if (card === undefined) return thisMachine();
  const found = findCard(card);
  if (found) return cardDevice(found);
  throw new UsageError(`--card "${card}" is not in the table; it has ${cards.map(({ name }) => name).join(", ")}`);
}

function cardDevice(card: Card): PlanDevice {
  const { flops, host } = cardRates(card);
  const maxBufferBytes = Number.MAX_SAFE_INTEGER;
  return {
    planning: {
      info: {
        id: card.name,
        kind: "cuda",
        description: card.name,
        unified: false,
        async: true,
        alignment: CUDA_ALIGNMENT,
        maxBufferBytes,
        memoryTotal: card.memoryBytes,
        memoryFree: card.memoryBytes,
      },
      activationBytes: (program) => planActivations(program, { alignment: CUDA_ALIGNMENT }).bytes,
    },
    memoryBytes: card.memoryBytes,
    defaultVram: Math.floor(CARD_SHARE * card.memoryBytes),
    flops,
    host,
    source: card.source,
    unified: false,
  };
}

function thisMachine(): PlanDevice {
  const limit = process.constrainedMemory();
  const total = limit > 0 && limit < totalmem() ? limit : totalmem();
  const info = {
    id: "cpu",
    kind: "cpu",
    description: cpus()[0]?.model.trim() ?? "",
    unified: true,
    async: false,
    alignment: CPU_ALIGNMENT,
    maxBufferBytes: Number.MAX_SAFE_INTEGER,
    memoryTotal: total,
    memoryFree: Math.min(process.availableMemory(), total),
  } as const;
  const hertz = (cpus()[0]?.speed ?? 0) * 1e6;
  const peak = hertz * availableParallelism() * CPU_FLOPS_PER_CYCLE;
  return {
    planning: { info, activationBytes: (program) => planActivations(program, { alignment: CPU_ALIGNMENT }).bytes },
    memoryBytes: total,
    defaultVram: vramBudget(info, undefined, false),
    flops: peak > 0 ? { low: CPU_SHARE.low * peak, high: CPU_SHARE.high * peak } : null,
    host: null,
    source: `${availableParallelism()} threads at ${(hertz / 1e9).toFixed(1)} GHz, ${CPU_FLOPS_PER_CYCLE} operations a cycle each`,
    unified: true,
  };
}
