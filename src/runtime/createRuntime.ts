import { DEFAULT_QUANT, type QuantOptions } from "../formats/quant/checkpoint/quantOptions.ts";
import { createEventLog } from "../memory/createEventLog.ts";
import { createLedger } from "../memory/createLedger.ts";
import { createResidency } from "../memory/createResidency.ts";
import type { DeviceMemory } from "../memory/deviceMemory.ts";
import type { MemoryEvent } from "../memory/eventLog.ts";
import type { Ledger, LedgerKind } from "../memory/ledger.ts";
import { pinAtMost } from "../memory/pinAtMost.ts";
import type { Policy } from "../memory/policy.ts";
import { RamTier } from "../memory/ramTier.ts";
import type { Residency } from "../memory/residency.ts";
import { spreadPins } from "../memory/spreadPins.ts";
import { staticPlacement } from "../memory/staticPlacement.ts";
import type { WeightId } from "../memory/words.ts";
import type { Model } from "../models/model.ts";
import type { Backend } from "../tensor/backend.ts";
import type { Program } from "../tensor/program.ts";
import { createFileStore } from "./fileStore.ts";
import { createHostMemory } from "./hostMemory.ts";
import { LoadedFile, type WeightBook } from "./loadedFile.ts";
import { LoadedModelImpl } from "./loadedModel.ts";
import { modelTitle } from "./modelTitle.ts";
import type { LoadedModel, PassStats, Precision, RunStats, Runtime, Upcoming } from "./runtime.ts";
import { type Tracer, traceBackend, traceMoves } from "./trace.ts";

export interface RuntimeOptions {
  readonly backend: Backend;
  readonly memory: DeviceMemory;
  /** `static` is `--disable-dynamic-vram`: everything is placed before the first step, or refused. */
  readonly policy: "dynamic" | "static";
  /** `--lowvram`, `--novram`: of a dynamic run, the share of a model's weights that may be resident (`pinAtMost`). */
  readonly pinShare?: number;
  /** `--vram` in bytes: the ceiling on weights, activations, carried tensors and staging together. */
  readonly vram: number;
  /** The flag that sets it, for messages. Default: `--vram`. */
  readonly vramFlag?: string;
  /** `--vram-weights`: bytes, or a share (0..1] of the weights of the model that runs, its companions included. */
  readonly vramWeights?: { readonly bytes: number } | { readonly share: number };
  /**
   * `--ram` in bytes: what a device with memory of its own may keep of weights in the machine's memory, its staging included. Default 0:
   * staging alone. A unified device keeps nothing twice, whatever this says.
   */
  readonly ram?: number;
  /** In place of `ram`: a tier that serves the runtimes of several devices, and is its maker's. Copies of each device are its own. */
  readonly ramTier?: RamTier;
  /** Of these, bytes that may be pinned. Default 0. */
  readonly pinnedRam?: number;
  /** Bytes that the device's library takes unasked: charged to the ceiling from the start. */
  readonly reserve?: number;
  readonly precision: Precision;
  /** `--fp8`: what eight-bit floats become. Default: `q8_0`. */
  readonly fp8?: QuantOptions["fp8"];
  /** Called before each stage is submitted: progress, and the breadcrumb that survives a native abort. */
  readonly onStage?: (stage: StageNotice) => void;
  /** Sees each memory event as it happens, with the weight's name and its model's title. */
  readonly onMemoryEvent?: (event: MemoryEvent, weight: string | undefined, model: string | undefined) => void;
  /** A sentence for whoever runs it: something works worse than it need. */
  readonly warn?: (text: string) => void;
  /** `--trace`: gets a span for every program, upload, read, stall and drop. */
  readonly tracer?: Tracer;
}

export interface StageNotice {
  readonly device: string;
  readonly model: string;
  readonly stage: string;
  readonly vramUsed: number;
  readonly vramBudget: number;
  readonly movedBytes: number;
}

/** What a loaded model needs of its runtime. */
export interface RuntimeCore {
  readonly options: RuntimeOptions;
  readonly residency: Residency;
  readonly ledger: Ledger;
  readonly passes: PassStats[];
  upcoming: Upcoming;
  readonly nameOf: (weight: WeightId) => string | undefined;
  /** Titles of the models that programs belong to. */
  readonly owners: WeakMap<Program, string>;
}

const KINDS: readonly LedgerKind[] = ["weights", "activations", "carried", "staging", "reserve"];

/** Joins a backend, its memory and a policy into a runtime. The runtime owns all three until `close`. */
export function createRuntime(given: RuntimeOptions): Runtime {
  const { vram } = given;
  const device = given.backend.info.id;
  const tracer: Tracer | undefined = given.tracer && {
    now: () => given.tracer!.now(),
    add: (span) => given.tracer!.add({ ...span, device }),
  };
  const owners = new WeakMap<Program, string>();
  const options = tracer
    ? { ...given, tracer, backend: traceBackend(given.backend, tracer, (program) => owners.get(program)) }
    : given;
  const { backend } = options;
  const ledger = createLedger(vram);
  if (options.reserve) ledger.charge("reserve", options.reserve);
  const events = createEventLog(4096);
  const store = createFileStore();
  const names = new Map<WeightId, string>();
  const models = new Map<WeightId, string>();
  const traced = tracer && traceMoves(tracer, (id) => ({ name: names.get(id), model: models.get(id) }));
  const budget = {
    vram,
    weights: options.vramWeights && "bytes" in options.vramWeights ? options.vramWeights.bytes : vram,
  };
  const ram =
    options.ramTier ??
    new RamTier(
      createHostMemory(options.memory, options.pinnedRam ?? 0),
      backend.info.unified ? 0 : (options.ram ?? 0),
    );
  // What others keep in a tier that is shared is not this one's to give back: it leaves with the files that are closed.
  const trimRam = (): void => {
    if (options.ramTier === undefined) ram.trim();
  };
  const residency = createResidency({
    ram,
    memory: traced ? traced.memory(options.memory) : options.memory,
    store: traced ? traced.store(store) : store,
    ledger,
    events,
    policy: policyOf(options),
    budget,
  });
  traced?.drops(events);
  if (options.onMemoryEvent) {
    const see = options.onMemoryEvent;
    events.listen((event) => {
      if ("weight" in event) see(event, names.get(event.weight), models.get(event.weight));
      else see(event, undefined, undefined);
    });
  }
  const core: RuntimeCore = {
    options,
    residency,
    ledger,
    passes: [],
    upcoming: { soon: [], later: [] },
    nameOf: (id) => names.get(id),
    owners,
  };
  const files = new Map<string, LoadedFile>();
  let opened = 0;
  const book: WeightBook = {
    add(id, { name, entry }, form, model) {
      store.add(id, { source: model.source, name: entry.name, form });
      names.set(id, name);
      models.set(id, modelTitle(model));
    },
    remove(id) {
      store.remove(id);
      names.delete(id);
      models.delete(id);
    },
  };

  return {
    device: backend.info,
    precision: options.precision,
    quant: { fp8: options.fp8 ?? DEFAULT_QUANT.fp8, exact: options.precision === "fp32" },

    load(model: Model): LoadedModel {
      const { path, identity } = model.source;
      const known = files.get(path);
      // The file was replaced since: the old weights go once nothing leases them, the new ones are other weights.
      if (known && known.identity !== identity) void known.close();
      const file =
        known?.identity === identity
          ? known
          : new LoadedFile(model.source, opened++, residency, book, () => {
              if (files.get(path) === file) files.delete(path);
            });
      const handle = new LoadedModelImpl(core, file, model);
      files.set(path, file);
      return handle;
    },

    announceNext(upcoming) {
      core.upcoming = upcoming;
    },

    async trim() {
      await residency.trim();
      trimRam();
      backend.reserveActivations(0);
      ledger.credit("activations", ledger.usedBy("activations"));
    },

    stats(): RunStats {
      const byKind = Object.fromEntries(
        KINDS.map((kind) => [kind, { used: ledger.usedBy(kind), peak: ledger.peakBy(kind) }]),
      );
      return {
        device: backend.info,
        policy: options.policy,
        vram: { budget: ledger.ceiling, used: ledger.used, peak: ledger.peak, byKind },
        ...(backend.info.unified ? {} : { ram: ramStats(ram) }),
        counters: events.counters(),
        residency: residency.stats(),
        passes: core.passes,
      };
    },

    setRam(bytes: number) {
      if (!backend.info.unified && bytes !== ram.budget) ram.setBudget(bytes);
    },

    setVram(bytes: number) {
      if (backend.info.unified) return;
      const { vramWeights } = options;
      if (bytes > ledger.ceiling) {
        const weights = vramWeights && "bytes" in vramWeights ? vramWeights.bytes : bytes;
        void residency.setBudget({ vram: bytes, weights });
      }
      void residency.followDevice(bytes);
    },

    async close() {
      for (const file of [...files.values()]) await file.close();
      await residency.trim();
      trimRam();
      await backend.close();
    },
  };
}

function ramStats({ budget, used, ledger }: RamTier): NonNullable<RunStats["ram"]> {
  return { budget, used: ledger.used, peak: ledger.peak, cached: used, staging: ledger.usedBy("staging") };
}

function policyOf({ policy, pinShare }: RuntimeOptions): Policy {
  if (policy === "static") return staticPlacement;
  return pinShare === undefined ? spreadPins : pinAtMost(pinShare);
}
