import { availableParallelism, cpus, totalmem } from "node:os";
import { type Headroom, vramBudget } from "../../engine/budget.ts";
import { openGgml } from "../../ggml/index.ts";
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
  /** What a run takes of it, in bytes: `--vram` as written, or what it takes when nobody says. */
  readonly vram: (text: string | undefined) => number;
  readonly flops: Range | null;
  readonly host: Rates["host"];
  /** Where the figures are from, for people. */
  readonly source: string;
  /** Weights lie in the machine's own memory. */
  readonly unified: boolean;
  /** This machine's CPU beside it, opened by the first who asks. */
  cpu(): Promise<PlanCpu>;
  close(): Promise<void>;
}

/** A CPU for what a workflow puts there. */
export type PlanCpu = Pick<PlanDevice, "planning" | "flops">;

export interface PlanDeviceOptions {
  readonly card?: string;
  /** `--reserve-vram`, `--highvram`. */
  readonly headroom?: Headroom;
  /** `--threads`, of the CPU: each has a line of work memory. */
  readonly threads?: number;
}

/** CUDA's; the largest buffer is as large as the memory. */
const CUDA_ALIGNMENT = 128;
/** Single-precision operations of one core in a cycle: two units that multiply and add eight values. */
const CPU_FLOPS_PER_CYCLE = 32;
/** Of that peak. An assumption. */
const CPU_SHARE: Range = { low: 0.05, high: 0.6 };

/**
 * Throws UsageError for a card that is not in the table, and what opening the compute library throws. A card is not opened: it need not be there. The CPU
 * is, since only its library can say what work memory a stage takes beside its activations; no weight is read.
 */
export async function planDevice({ card, headroom = {}, threads }: PlanDeviceOptions): Promise<PlanDevice> {
  const cpu = cpuBeside(threads);
  const withCpu = (device: Omit<PlanDevice, "cpu">): PlanDevice => ({
    ...device,
    cpu: cpu.open,
    async close() {
      await cpu.close();
      await device.close();
    },
  });
  if (card === undefined) return withCpu(await thisMachine(headroom, threads));
  const found = findCard(card);
  if (found) return withCpu(cardDevice(found, headroom));
  throw new UsageError(`--card "${card}" is not in the table; it has ${cards.map(({ name }) => name).join(", ")}`);
}

function cpuBeside(threads: number | undefined) {
  let opening: Promise<Omit<PlanDevice, "cpu">> | undefined;
  return {
    // Also where WEIR_DISCRETE_CPU makes the device itself of the CPU: the one beside it is the plain CPU.
    open: (): Promise<PlanCpu> => (opening ??= thisMachine({}, threads, { discreteCpu: false })),
    close: async (): Promise<void> => (await opening?.catch(() => undefined))?.close(),
  };
}

function cardDevice(card: Card, headroom: Headroom): Omit<PlanDevice, "cpu"> {
  const { flops, host } = cardRates(card);
  const info = {
    id: card.name,
    kind: "cuda",
    description: card.name,
    unified: false,
    async: true,
    alignment: CUDA_ALIGNMENT,
    maxBufferBytes: Number.MAX_SAFE_INTEGER,
    memoryTotal: card.memoryBytes,
    memoryFree: card.memoryBytes,
  } as const;
  return {
    planning: {
      info,
      activationBytes: (program) => planActivations(program, { alignment: CUDA_ALIGNMENT }).bytes,
    },
    memoryBytes: card.memoryBytes,
    vram: (text) => vramBudget(info, text, false, headroom),
    flops,
    host,
    source: card.source,
    unified: false,
    close: () => Promise.resolve(),
  };
}

async function thisMachine(
  headroom: Headroom,
  threads: number | undefined,
  options: { readonly discreteCpu?: boolean } = {},
): Promise<Omit<PlanDevice, "cpu">> {
  const library = await openGgml(options);
  const info = library.select("cpu");
  const { backend, memory } = library.open(info.id, threads === undefined ? {} : { threads });
  const limit = process.constrainedMemory();
  const total = limit > 0 && limit < totalmem() ? limit : totalmem();
  const hertz = (cpus()[0]?.speed ?? 0) * 1e6;
  const cores = threads ?? availableParallelism();
  const peak = hertz * cores * CPU_FLOPS_PER_CYCLE;
  return {
    planning: { info, activationBytes: (program) => backend.activationBytes(program) },
    memoryBytes: total,
    vram: (text) => vramBudget(info, text, false, headroom),
    flops: peak > 0 ? { low: CPU_SHARE.low * peak, high: CPU_SHARE.high * peak } : null,
    host: null,
    source: `${cores} threads at ${(hertz / 1e9).toFixed(1)} GHz, ${CPU_FLOPS_PER_CYCLE} operations a cycle each`,
    unified: info.unified,
    async close() {
      await backend.close();
      memory.close();
    },
  };
}
