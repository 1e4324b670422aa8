import { openGgml } from "../ggml/index.ts";
import type { MemoryEvent } from "../memory/eventLog.ts";
import type { WeirContext, WeirNode } from "../nodes/context.ts";
import { checkWritable } from "../nodes/image/checkWritable.ts";
import { sweepTemporaries } from "../nodes/image/sweepTemporaries.ts";
import { allNodes } from "../nodes/index.ts";
import { UpcomingModels } from "../nodes/upcomingModels.ts";
import { createRuntime, type StageNotice } from "../runtime/createRuntime.ts";
import type { RunStats, Runtime } from "../runtime/runtime.ts";
import type { DeviceInfo } from "../tensor/backend.ts";
import { createResultCache } from "../workflow/createResultCache.ts";
import { describeValidation } from "../workflow/describeValidation.ts";
import { execute } from "../workflow/execute.ts";
import type { NodeContext } from "../workflow/node.ts";
import { type Validation, validate } from "../workflow/validate.ts";
import type { Breadcrumb, SavedCrumb } from "./breadcrumb.ts";
import { reservedBytes, vramBudget, weightsBudget } from "./budget.ts";
import { cachePressure } from "./cachePressure.ts";
import { cpuBeside } from "./cpuBeside.ts";
import type { CustomNodes } from "./customNodes/loadCustomNodes.ts";
import { declare } from "./declare.ts";
import { deviceBudget } from "./deviceBudget.ts";
import type {
  EngineOptions,
  EventsPage,
  EventsRequest,
  FreeRequest,
  Job,
  JobEvent,
  JobResult,
  NodeDeclaration,
  PlainValidation,
  ValidateRequest,
} from "./messages.ts";
import { missingFiles } from "./missingFiles.ts";
import { nodeSpans } from "./nodeSpans.ts";
import { openFolders } from "./openFolders.ts";
import { pictureJournal } from "./pictureJournal.ts";
import { plainError } from "./plainError.ts";
import { machineMemory, ramBudget } from "./ramBudget.ts";
import { RecentEvents } from "./recentEvents.ts";
import { shareRam } from "./shareRam.ts";
import { SpanBuffer } from "./spanBuffer.ts";
import { whereOf } from "./whereOf.ts";

/** Stages come by the thousand a second on small models, and a person reads ten lines a second. */
const STAGE_EVENT_MS = 50;
/** How often free memory is looked at while stages run. */
const LOOK_MS = 500;
/** Of RAM's budget, and at most of the machine's memory, what may be pinned: nothing can page that out. */
const PINNED_SHARE = 0.5;

export interface EngineHooks {
  /** Something new runs: called before it does, and synchronously. */
  readonly onCrumb: (crumb: Breadcrumb) => void;
  /** After the breadcrumb of each stage. */
  readonly onStage: () => void;
  /** A picture is about to get its name: called before, and synchronously. */
  readonly onSaved?: (saved: SavedCrumb) => void;
}

/** The composition of all rooms on one device. Lives in the engine process; one job at a time. */
export interface EngineCore {
  readonly device: DeviceInfo;
  readonly vram: number;
  readonly folders: { readonly output: string; readonly temp: string };
  /** Never rejects: what a job can meet is in its result. */
  run(job: Job, signal: AbortSignal, onEvent: (event: JobEvent) => void): Promise<JobResult>;
  /** Checks a prompt, also while a job runs. Never rejects. */
  validate(request: ValidateRequest): Promise<PlainValidation>;
  /** Every node as data, combos filled from the folders as they are now. */
  declarations(): readonly NodeDeclaration[];
  /** Between jobs. */
  free(request: FreeRequest): Promise<void>;
  stats(): RunStats;
  /** What happened to memory lately. */
  events(request: EventsRequest): EventsPage;
  close(): Promise<void>;
}

/** Opens the device and joins runtime, folders and nodes. Throws typed errors: no library, no such device. */
export async function createEngine(options: EngineOptions, hooks: EngineHooks): Promise<EngineCore> {
  const folders = openFolders(options, process.env);
  const early: string[] = [];
  let emit: (event: JobEvent) => void = () => {};
  let crumb: Breadcrumb = { node: "", classType: "", model: "", stage: "" };
  let stageSentAt = Number.NEGATIVE_INFINITY;
  let unsent: StageNotice | undefined;
  const sendStage = (notice: StageNotice) => {
    unsent = undefined;
    stageSentAt = performance.now();
    emit({ kind: "stage", ...notice });
  };
  const leave = (next: Breadcrumb) => {
    crumb = next;
    hooks.onCrumb(crumb);
  };

  const spans = options.trace ? new SpanBuffer((batch) => emit({ kind: "trace", spans: batch })) : undefined;
  const nodeTrack = spans && nodeSpans(spans);

  const library = await openGgml({
    strictVulkan: options.forceFp32,
    // Nobody listens before the first job: what is said at start is said to it.
    warn: (text) => void early.push(text),
  });
  const device = library.select(options.device);
  const vram = vramBudget(device, options.vram, options.largerReserve ?? false, {
    ...(options.reserveVram && { reserve: options.reserveVram }),
    ...(options.highVram && { none: true }),
  });
  const weights = weightsBudget(options.vramWeights);
  const ram = ramBudget(options.ram, machineMemory());
  if (ram.warning !== null && !device.unified) early.push(ram.warning);
  const fixed = options.vram !== undefined;
  const keep = fixed ? reservedBytes(device, options.reserveVram) : device.memoryFree - vram;
  const onDevice = deviceBudget({ start: vram, fixed, keep });
  let looked = performance.now();
  /** Between two stages: what other programs have taken or given back meanwhile, of the machine's memory and of the device's. */
  const lookAtMemory = () => {
    if (device.unified || performance.now() - looked < LOOK_MS) return;
    looked = performance.now();
    const stats = runtime.stats();
    const cpu = beside.used;
    const { modelBytes, pinnedBytes } = stats.residency;
    const shares = shareRam({
      total: ram.follow(machineMemory(), (stats.ram?.used ?? 0) + cpu),
      cpu,
      streams: modelBytes - pinnedBytes,
      cpuRuns: onCpu,
    });
    if (shares.freeCpu) void beside.trim();
    runtime.setRam(shares.copies);
    const { free, total } = opened.memory.usage();
    // A device that does not tell has no total.
    if (total > 0) runtime.setVram(onDevice.follow(free, stats.vram.used));
  };
  const opened = library.open(device.id, options.threads === undefined ? {} : { threads: options.threads });
  // What the backend took unasked when it opened (a context, queues), by the device's own count. A CPU that plays such a device takes nothing: what
  // became less meanwhile is the machine's memory, and went to other programs.
  const reserve =
    device.unified || device.kind === "cpu" ? 0 : Math.max(0, device.memoryFree - opened.memory.usage().free);
  const recent = new RecentEvents();
  /** The stage that ran last was one of the CPU's beside the device. */
  let onCpu = false;
  const everywhere = (besides: boolean) => ({
    policy: options.disableDynamicVram ? ("static" as const) : ("dynamic" as const),
    precision: options.forceFp32 ? ("fp32" as const) : ("native" as const),
    ...(options.fp8 && { fp8: options.fp8 }),
    onStage: (notice: StageNotice) => {
      onCpu = besides;
      leave({ ...crumb, model: notice.model, stage: notice.stage });
      hooks.onStage();
      lookAtMemory();
      // The pool of a CPU beside the device is RAM: copies make way stage by stage as it grows.
      if (onCpu) runtime.setRam(Math.max(0, ram.bytes - notice.vramUsed));
      relieveCache();
      if (performance.now() - stageSentAt < STAGE_EVENT_MS) unsent = notice;
      else sendStage(notice);
    },
    warn: (text: string) => emit({ kind: "warning", text }),
    ...(spans ? { tracer: spans } : {}),
    onMemoryEvent(event: MemoryEvent, weight: string | undefined, model: string | undefined) {
      recent.add(event, { weight, model, beside: besides });
      if (options.verbose)
        emit({ kind: "memory", event, ...(weight === undefined ? {} : { weight }), ...(besides && { beside: true }) });
    },
  });
  const runtime: Runtime = createRuntime({
    ...everywhere(false),
    backend: opened.backend,
    memory: opened.memory,
    ...(options.pinShare !== undefined && { pinShare: options.pinShare }),
    vram,
    reserve,
    ram: ram.bytes,
    pinnedRam: Math.min(PINNED_SHARE * ram.bytes, PINNED_SHARE * machineMemory().total),
    ...(weights === undefined ? {} : { vramWeights: weights }),
  });
  const beside = cpuBeside(async () => {
    // WEIR_DISCRETE_CPU makes the main device of the CPU; the one beside it is the plain CPU.
    const plain = await openGgml({ discreteCpu: false, warn: (text) => emit({ kind: "warning", text }) });
    const info = plain.select("cpu");
    const cpu = plain.open(info.id, options.threads === undefined ? {} : { threads: options.threads });
    const given = options.ram !== undefined && options.ram.toLowerCase() !== "auto";
    const second = createRuntime({
      ...everywhere(true),
      ...cpu,
      vram: given ? ram.bytes : vramBudget(info, undefined, options.largerReserve ?? false),
      vramFlag: "--ram",
    });
    return {
      runtime: second,
      async close() {
        await second.close();
        cpu.memory.close();
      },
    };
  });
  const cpuOf = async (): Promise<Runtime> =>
    device.kind === "cpu" && device.unified ? runtime : await beside.runtime();

  // Between jobs nothing comes by: what others need is theirs then, too.
  const idle = setInterval(lookAtMemory, LOOK_MS).unref();

  const custom = await loadCustom(options.customNodes);
  early.push(...custom.warnings);
  const known = [...allNodes, ...custom.nodes];
  const byName = new Map<string, WeirNode>(known.map((node) => [node.name, node]));
  const cacheMode = options.cache ?? { kind: "ram", headroom: null };
  const cache = createResultCache(cacheMode);
  const relieveCache = cachePressure(cacheMode, cache, machineMemory);
  // Nothing waits for it: an output folder may be large, and on a slow drive.
  const swept = sweepTemporaries(folders.output, performance.timeOrigin);
  let running: Job | undefined;
  const upcoming = new UpcomingModels((classType) => byName.get(classType));
  const contextOf = (base: NodeContext): WeirContext => ({
    ...base,
    ...(running ? { pictures: pictureJournal(running, base.run ?? 0, hooks.onSaved) } : {}),
    runtime: upcoming.watch(runtime, base.nodeId),
    cpu: async () => upcoming.watch(await cpuOf(), base.nodeId),
    folders,
    options: {
      disableMetadata: options.disableMetadata,
      ...(options.previewColours === undefined ? {} : { previewColours: options.previewColours }),
    },
    warn: (text) => emit({ kind: "warning", text }),
  });
  const nodes = (classType: string) => byName.get(classType);
  const check = ({ prompt: given, targets = null }: ValidateRequest, signal: AbortSignal, extraPngInfo = {}) =>
    validate<WeirContext>(given, {
      nodes,
      catalogue: folders,
      context: (nodeId, prompt) => contextOf({ nodeId, signal, prompt, extraPngInfo, progress: () => {} }),
      targets,
    });
  const refusal = (checked: Extract<Validation, { ok: false }>) => ({
    error: checked.error,
    nodeErrors: checked.nodeErrors,
    lines: describeValidation(checked),
    missingFiles: missingFiles(checked.nodeErrors, nodes),
  });

  const stats = (): RunStats => {
    const others = beside.stats();
    return { ...runtime.stats(), ...(others.length > 0 && { others }) };
  };

  return {
    device,
    vram,
    declarations: () => known.map((node) => declare(node, folders)),
    folders: { output: folders.output, temp: folders.temp },
    async run(job, signal, onEvent) {
      emit = onEvent;
      running = job;
      for (const text of early.splice(0)) emit({ kind: "warning", text });
      try {
        const checked = await check(job, signal, job.extraPngInfo);
        if (!checked.ok) return { status: "invalid", ...refusal(checked) };
        for (const line of Object.keys(checked.nodeErrors).length > 0 ? describeValidation(checked) : [])
          emit({ kind: "warning", text: line });
        const saving = checked.outputs.find((id) => nodes(checked.prompt[id]!.class_type)?.saves);
        if (saving !== undefined) {
          const fault = await checkWritable(folders.output).catch((error: unknown) => error);
          if (fault !== undefined) {
            const classType = checked.prompt[saving]!.class_type;
            const where = whereOf(saving, classType, crumb);
            return {
              status: "error",
              ...{ node: saving, classType, error: plainError(fault), where },
              ...{ currentInputs: {}, currentOutputs: [], outputs: {}, executed: [], timestamp: Date.now() },
            };
          }
        }
        upcoming.begin(checked.prompt, checked.outputs);
        const execution = await execute<WeirContext>({
          prompt: checked.prompt,
          outputs: checked.outputs,
          nodes,
          cache,
          extraPngInfo: job.extraPngInfo,
          ...(job.previews === undefined ? {} : { previews: job.previews }),
          signal,
          context: contextOf,
          onEvent: (event) => {
            // What a node moved is told before the next one begins.
            if (event.kind === "executing" && unsent) sendStage(unsent);
            if (event.kind === "executing") {
              relieveCache();
              for (const each of [runtime, beside.opened]) each?.announceNext(upcoming.after(event.node));
            }
            if (event.kind === "execution_cached") for (const node of event.nodes) upcoming.done(node);
            if (event.kind === "progress_state" && event.state === "finished") upcoming.done(event.node);
            if (event.kind === "executing") nodeTrack?.begin(event.node, event.classType);
            if (event.kind === "executing")
              leave({ node: event.node, classType: event.classType, model: "", stage: "" });
            onEvent(event);
          },
        });
        if (unsent) sendStage(unsent);
        const timestamp = Date.now();
        if (execution.status === "interrupted") return { ...execution, timestamp };
        if (execution.status === "error") {
          const { node, classType, error } = execution;
          return { ...execution, error: plainError(error), where: whereOf(node, classType, crumb), timestamp };
        }
        return {
          status: "success",
          outputs: execution.outputs,
          stats: stats(),
          nodeErrors: checked.nodeErrors,
          timestamp,
        };
      } catch (error) {
        return signal.aborted ? { status: "interrupted" } : { status: "error", error: plainError(error) };
      } finally {
        nodeTrack?.end();
        spans?.flush();
        emit = () => {};
        running = undefined;
        leave({ node: "", classType: "", model: "", stage: "" });
      }
    },
    async validate(request) {
      const checked = await check(request, new AbortController().signal);
      if (!checked.ok) return { ok: false, ...refusal(checked) };
      const { prompt, outputs, nodeErrors } = checked;
      return { ok: true, prompt, outputs, nodeErrors };
    },
    async free({ freeMemory }) {
      if (freeMemory) cache.clear();
      await runtime.trim();
      await beside.trim();
    },
    stats,
    events: (request) => recent.page(request),
    async close() {
      clearInterval(idle);
      await swept;
      await beside.close();
      await runtime.close();
      opened.memory.close();
    },
  };
}

/** What loads them is loaded only where someone asks for it. */
async function loadCustom(folders: readonly string[] = []): Promise<CustomNodes> {
  if (folders.length === 0) return { nodes: [], warnings: [] };
  const { loadCustomNodes } = await import("./customNodes/loadCustomNodes.ts");
  return loadCustomNodes(folders, new Set(allNodes.map(({ name }) => name)));
}
