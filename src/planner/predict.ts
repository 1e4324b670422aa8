import { createEventLog } from "../memory/createEventLog.ts";
import { createLedger } from "../memory/createLedger.ts";
import { createResidency } from "../memory/createResidency.ts";
import { Cursor } from "../memory/cursor.ts";
import type { MemoryEvent } from "../memory/eventLog.ts";
import type { Policy } from "../memory/policy.ts";
import { RamTier } from "../memory/ramTier.ts";
import type { Budget, DoesNotFit } from "../memory/residency.ts";
import { flatten } from "../memory/schedule.ts";
import { staticPlacement } from "../memory/staticPlacement.ts";
import type { Bytes, ModelId, Schedule, WeightSpec } from "../memory/words.ts";
import { simulatedHost } from "./simulatedHost.ts";
import { type SimulatedDevice, simulatedMemory, simulatedStore } from "./simulatedMemory.ts";

export interface PredictInput {
  readonly device: SimulatedDevice;
  readonly policy: Policy;
  readonly budget: Budget;
  readonly reserve?: Bytes;
  /** Bytes of the RAM tier, staging included; for a discrete device. Default: 0. */
  readonly ram?: Bytes;
  /** In the order in which they will be registered: weights are numbered through all of them, from 0. */
  readonly models: readonly PredictModel[];
  /** What will be announced, one after the other. */
  readonly runs: readonly PredictRun[];
  /** In order of `at`. */
  readonly budgets?: readonly BudgetChange[];
}

export interface PredictModel {
  readonly id: ModelId;
  readonly weights: readonly WeightSpec[];
  /** Runs that are over when it is registered: its staging comes off the RAM tier from then on. Default: 0. */
  readonly afterRuns?: number;
}

/** A budget that changes while runs go on: as a log's `budget` event tells it. */
export interface BudgetChange extends Budget {
  /** Acquires until then. */
  readonly at: number;
  /** Announcements until then, where it comes between one and its first acquire. Default: it comes before the announcement. */
  readonly announced?: number;
  /** Where it is RAM's budget that changes: the others stay what they are then. */
  readonly ram?: Bytes;
  /** Where it is what other programs leave of the device, by its own count, and not a budget that anybody set. */
  readonly available?: Bytes;
}

export interface PredictRun {
  readonly schedule: Schedule;
  /** Bytes that the run needs beside weights. */
  readonly reserved: Bytes;
  /** Of these, what stays charged until the next run is announced: a runtime's activation buffer. Default: 0. */
  readonly kept?: Bytes;
  /** Uses after which the run ends, where the schedule does not say it (a repeat of unknown length). */
  readonly uses?: number;
  /** A budget event before it is announced. */
  readonly budget?: Budget;
  /** Everything was asked back before it (`Residency.trim`), the activation buffer included. */
  readonly trimmed?: boolean;
  /** What is said to come after it (`Residency.announceNext`), itself first, and what is read ahead while it runs. */
  readonly next?: readonly ModelId[];
  readonly ahead?: readonly ModelId[];
}

/** What one run will do. All bytes of weights are aligned sizes, but for `movedBytes`. */
export interface RunPrediction {
  readonly modelBytes: Bytes;
  readonly pinnedBytes: Bytes;
  readonly windowBytes: Bytes;
  readonly weightBudget: Bytes;
  readonly movedBytes: Bytes;
  /** Of these, what is read from a file. */
  readonly readBytes: Bytes;
  /** The most that is in use at once, of all kinds. */
  readonly peakBytes: Bytes;
  /** In use, of all kinds, when it is over. */
  readonly leftBytes: Bytes;
}

export interface Prediction {
  /** Ends at the first run that does not fit. */
  readonly runs: readonly RunPrediction[];
  readonly doesNotFit: DoesNotFit | null;
  /** Every move and drop, plan and chunk, as the run's own log will have them. */
  readonly events: readonly MemoryEvent[];
  /** The same, cut at announcements: one list for each run, and one more for a run that does not fit. */
  readonly runEvents: readonly (readonly MemoryEvent[])[];
}

/**
 * What a run will move, from sizes and schedules alone: the residency core itself, over memory that is not there and a store that
 * reads nothing. Nothing is estimated: where things go is decided at acquires and never depends on how long a read takes, so the moves
 * are those of the real run. The exceptions are loads that nobody waits for and that are still on their way, or no longer, when something else is decided. They
 * are called off if they have not begun: at the end of a run that is cut short, or whose budget grew at its very end; and what is read ahead for a
 * model that is then no longer to come. And where a run needs the room of what is read ahead for another model, what is still on its way leaves first
 * (`leaveOrder`). It knows no time.
 */
export async function predict(input: PredictInput): Promise<Prediction> {
  const { device, policy, budget, reserve = 0, models } = input;
  const events: MemoryEvent[] = [];
  const log = createEventLog(0);
  log.listen((event) => events.push(event));
  const ledger = createLedger(budget.vram);
  const memory = simulatedMemory(device);
  const ram = new RamTier(simulatedHost, input.ram ?? 0);
  const residency = createResidency({
    memory,
    store: simulatedStore,
    ledger,
    policy,
    budget,
    reserve,
    events: log,
    ram,
  });
  let registered = 0;
  const register = (runsOver: number): void => {
    for (; registered < models.length && (models[registered]!.afterRuns ?? 0) <= runsOver; registered++)
      residency.register(models[registered]!.id, models[registered]!.weights);
  };
  let acquires = 0;
  const changes = [...(input.budgets ?? [])];
  const change = async (): Promise<void> => {
    while (changes.length > 0 && changes[0]!.at <= acquires && (changes[0]!.announced ?? 0) <= announcements) {
      const { vram, weights, ram: bytes, available } = changes.shift()!;
      if (bytes !== undefined) ram.setBudget(bytes);
      else if (available !== undefined) await residency.followDevice(available);
      else await residency.setBudget({ vram, weights });
    }
  };

  let [announcements, held] = [0, 0];
  const runs: RunPrediction[] = [];
  const starts: number[] = [];
  const runEvents = () => starts.map((start, i) => events.slice(start, starts[i + 1]));
  for (const [index, run] of input.runs.entries()) {
    const { schedule, reserved, kept = 0, uses = Number.POSITIVE_INFINITY, budget, next = [], ahead = [] } = run;
    register(index);
    starts.push(events.length);
    await change();
    if (run.trimmed) {
      await residency.trim();
      ledger.credit("activations", held);
      held = 0;
    }
    if (budget !== undefined) await residency.setBudget(budget);
    ledger.credit("activations", held);
    held = 0;
    const before = log.counters();
    residency.announceNext(next);
    const announced = await residency.announce(schedule, reserved);
    if (!announced.ok) return { runs, doesNotFit: announced.error, events, runEvents: runEvents() };
    announcements++;
    if (ledger.charge("activations", reserved) !== null)
      throw new Error("invariant: what was announced cannot be charged");
    await residency.readAhead(policy === staticPlacement ? [] : ahead);
    const cursor = new Cursor(flatten(schedule));
    for (let i = 0; i < uses && cursor.advance(); i++) {
      await change();
      residency.release(await residency.acquire(cursor.use!));
      acquires++;
    }
    const { modelBytes, pinnedBytes, windowBytes, weightBudget } = residency.stats();
    const after = log.counters();
    const movedBytes = after.movedBytes - before.movedBytes;
    const readBytes = after.readBytes - before.readBytes;
    const peakBytes = ledger.peak;
    // What was to be loaded has been by then: only a run cut short calls loads off.
    await new Promise((done) => setImmediate(done));
    announced.value.end();
    ledger.credit("activations", reserved - kept);
    held = kept;
    const leftBytes = ledger.used;
    runs.push({ modelBytes, pinnedBytes, windowBytes, weightBudget, movedBytes, readBytes, peakBytes, leftBytes });
  }
  return { runs, doesNotFit: null, events, runEvents: runEvents() };
}
