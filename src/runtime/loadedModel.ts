import type { Place } from "../memory/deviceMemory.ts";
import type { Counters } from "../memory/eventLog.ts";
import type { Lease } from "../memory/residency.ts";
import type { Fence, Schedule, Use } from "../memory/words.ts";
import type { Model } from "../models/model.ts";
import { type Binding, type Bindings, type DeviceBuffer, Interrupted, type Submission } from "../tensor/backend.ts";
import { byteLength } from "../tensor/dtype.ts";
import type { PassDef } from "../tensor/stage.ts";
import type { CompiledPass } from "./compilePass.ts";
import type { RuntimeCore } from "./createRuntime.ts";
import { describeThrash } from "./describeThrash.ts";
import { DeviceFullError, DoesNotFitError } from "./errors.ts";
import type { KnownWeight, LoadedFile } from "./loadedFile.ts";
import { ModelPasses } from "./modelPasses.ts";
import { modelTitle } from "./modelTitle.ts";
import type { BeginOptions, InputValue, LoadedModel, Run } from "./runtime.ts";

/** Submissions in flight where the device queues them: one computes while the next one's weights are leased and its graph is built. */
const IN_FLIGHT = 2;
/** Pass statistics kept: a long session must not grow. */
const KEPT_STATS = 10_000;

/** A model whose weights the residency knows, as one opening of its file sees it. Runs its passes stage by stage, under leases. */
export class LoadedModelImpl implements LoadedModel {
  readonly model: Model;
  readonly core: RuntimeCore;
  readonly #file: LoadedFile;
  readonly #own: ReadonlyMap<string, KnownWeight>;
  readonly #passes: ModelPasses;

  /** Throws `UnsupportedEncodingError`, `WeightTooLarge`. */
  constructor(core: RuntimeCore, file: LoadedFile, model: Model) {
    this.core = core;
    this.#file = file;
    this.model = file.adopt(model);
    this.#own = file.register(this.model);
    this.#passes = new ModelPasses({
      model: this.model,
      own: this.#own,
      castWeights: core.options.precision === "fp32",
      backend: core.options.backend,
      weightsOf: (companion) => {
        if (!(companion instanceof LoadedModelImpl) || companion.core !== core || companion.#file.closed)
          throw new Error(`invariant: ${modelTitle(companion.model)} is not loaded here`);
        return companion.#own;
      },
      onCompiled: (program) => core.owners.set(program, this.#title()),
    });
  }

  async begin(inputs: readonly PassDef[], { repeat, signal, companions }: BeginOptions): Promise<Run> {
    if (signal?.aborted) throw new Interrupted();
    const { residency, ledger, options } = this.core;
    const prepared = this.#passes.prepare(inputs, companions);
    const { compiled, uses, known, activationBytes: activations, carriedBytes, weightBytes } = prepared;
    const carried = carriedBytes.reduce((sum, bytes) => sum + bytes, 0);
    if (options.vramWeights && "share" in options.vramWeights) {
      await residency.setBudget({ vram: ledger.ceiling, weights: Math.floor(options.vramWeights.share * weightBytes) });
    }

    // The activation buffer is made anew at each run, exactly as large as its largest stage: a large picture takes room from the weights
    // for as long as it is drawn and no longer.
    options.backend.reserveActivations(0);
    ledger.credit("activations", ledger.usedBy("activations"));
    const once: Schedule = { kind: "sequence", items: uses.map((use) => ({ kind: "use", use })) };
    const next = this.#next();
    residency.announceNext(next.order);
    for (const { model } of [{ model: this }, ...(companions?.weights.values() ?? [])])
      if (model instanceof LoadedModelImpl) model.#file.used.add(model.#file.idOf(model.model));
    const announced = await residency.announce({ kind: "repeat", n: repeat, body: once }, activations + carried);
    if (!announced.ok) throw new DoesNotFitError(this.#title(), announced.error, options);
    const buffers: DeviceBuffer[] = [];
    try {
      await this.#charge("activations", activations, () => options.backend.reserveActivations(activations) || null);
      for (const bytes of carriedBytes)
        buffers.push(await this.#charge("carried", bytes, () => options.backend.allocate(bytes)));
    } catch (error) {
      for (const buffer of buffers) this.#freeCarried(buffer);
      announced.value.end();
      throw error;
    }

    await residency.readAhead(next.ahead);
    let ended = false;
    let index = 0;
    const watch = residency.watchThrash();
    return {
      pass: async (values) => {
        if (ended) throw new Error("invariant: a pass on a run that has ended");
        const before = movedFor(residency.events.counters());
        const outputs = await this.#pass(compiled, uses, buffers, known, values, signal);
        this.#record(index++, movedFor(residency.events.counters()) - before);
        const thrash = watch.pass();
        if (thrash !== null) options.warn?.(describeThrash(this.#title(), thrash, bindingCeiling(options)));
        return outputs;
      },
      end: () => {
        if (ended) return;
        ended = true;
        watch.stop();
        announced.value.end();
        for (const buffer of buffers) this.#freeCarried(buffer);
      },
    };
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  /** Models by the residency's names: this one, what comes after it, and of that what is worth reading before its turn. */
  #next(): { readonly order: readonly string[]; readonly ahead: readonly string[] } {
    const { core } = this;
    const here = (models: readonly LoadedModel[]) =>
      models.filter(
        (model): model is LoadedModelImpl =>
          model instanceof LoadedModelImpl && model.core === core && !model.#file.closed,
      );
    const [soon, later] = [here(core.upcoming.soon), here(core.upcoming.later)];
    const idOf = (loaded: LoadedModelImpl) => loaded.#file.idOf(loaded.model);
    const ids = [this, ...soon, ...later].map(idOf);
    const foreseen = soon.filter(
      (other) => idOf(other) !== idOf(this) && (other.#file.used.has(idOf(other)) || other.model.whole),
    );
    const ahead = core.options.policy === "static" ? [] : foreseen.map(idOf);
    return { order: [...new Set(ids)], ahead: [...new Set(ahead)] };
  }

  #title = (): string => modelTitle(this.model);

  async #pass(
    compiled: readonly CompiledPass[],
    uses: readonly Use[],
    buffers: readonly DeviceBuffer[],
    known: ReadonlyMap<string, KnownWeight>,
    values: readonly Readonly<Record<string, InputValue>>[],
    signal: AbortSignal | undefined,
  ): Promise<Readonly<Record<string, Float32Array>>[]> {
    const { residency, ledger, options } = this.core;
    const { backend } = options;
    const bindings = compiled.map((c, i) => new StageBindings(c, buffers[i]!, known));
    for (const [i, c] of compiled.entries())
      for (const name of c.def.inputs)
        if (!c.def.late?.includes(name)) await this.#write(c, buffers[i]!, name, values[i]?.[name]);
    const outputs: Record<string, Float32Array>[] = compiled.map(() => ({}));
    const written = compiled.map(() => new Set<string>());

    const stop = (): void => backend.interrupt();
    signal?.addEventListener("abort", stop, { once: true });
    const running: Submission[] = [];
    try {
      for (const [s, use] of uses.entries()) {
        if (signal?.aborted) throw new Interrupted();
        options.onStage?.({
          device: backend.info.id,
          model: this.model.kind,
          stage: use.stage,
          vramUsed: ledger.used,
          vramBudget: ledger.ceiling,
          movedBytes: residency.events.counters().movedBytes,
        });
        const acquired = residency.acquire(use);
        const lease = acquired instanceof Promise ? await this.#stalled(use, acquired) : acquired;
        let last: Submission | undefined;
        try {
          for (const [i, c] of compiled.entries()) {
            bindings[i]!.lease = lease;
            for (const name of c.def.late ?? []) {
              if (written[i]!.has(name) || !c.programs[s]!.reads.includes(name)) continue;
              written[i]!.add(name);
              await this.#write(c, buffers[i]!, name, values[i]?.[name]);
            }
            last = backend.submit(c.programs[s]!, bindings[i]!);
            running.push(last);
            for (const name of c.def.early ?? [])
              if (c.programs[s]!.writes.includes(name)) outputs[i]![name] = await this.#read(c, buffers[i]!, name);
          }
        } finally {
          residency.release(lease, last && fenceOf(last));
        }
        while (running.length > (backend.info.async ? IN_FLIGHT * compiled.length : 0)) await running.shift()!.finished;
      }
      while (running.length > 0) await running.shift()!.finished;
      for (const [i, c] of compiled.entries())
        for (const name of c.def.outputs) outputs[i]![name] ??= await this.#read(c, buffers[i]!, name);
      return outputs;
    } finally {
      signal?.removeEventListener("abort", stop);
      // After a failure the rest of the queue still uses carried tensors: nothing is freed under it.
      await Promise.allSettled(running.map((submission) => submission.finished));
    }
  }

  async #stalled(use: Use, acquired: Promise<Lease>): Promise<Lease> {
    const { tracer } = this.core.options;
    const start = tracer?.now() ?? 0;
    const lease = await acquired;
    tracer?.add({ track: "stalls", name: use.stage, model: this.#title(), start, end: tracer.now() });
    return lease;
  }

  async #write(c: CompiledPass, buffer: DeviceBuffer, name: string, value: InputValue | undefined): Promise<void> {
    const bytes = byteLength(c.def.carried[name]!);
    if (!value || value.byteLength !== bytes)
      throw new Error(`invariant: the input ${name} has ${value?.byteLength ?? "no"} bytes, expected ${bytes}`);
    const offset = c.carried.offsets.get(name)!;
    await this.core.options.backend.write(
      buffer,
      offset,
      new Uint8Array(value.buffer, value.byteOffset, value.byteLength),
    );
  }

  async #read(c: CompiledPass, buffer: DeviceBuffer, name: string): Promise<Float32Array> {
    const offset = c.carried.offsets.get(name)!;
    const bytes = await this.core.options.backend.read(buffer, offset, byteLength(c.def.carried[name]!));
    return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  }

  /** Books first, makes then: the ceiling holds at every moment. */
  async #charge<T>(kind: "activations" | "carried", bytes: number, make: () => T | null): Promise<T> {
    const { ledger, options, residency } = this.core;
    const short = ledger.charge(kind, bytes);
    if (short) throw new Error(`invariant: announced ${bytes} bytes of ${kind}, and ${short.short} are missing`);
    let made = make();
    // Other programs hold what the budget still counts on: weights make way, and the next stage plans with what is left.
    while (made === null && (await residency.trim(bytes)) > 0) made = make();
    if (made !== null) return made;
    ledger.credit(kind, bytes);
    throw new DeviceFullError(options.backend.info.id, kind, bytes, ledger.ceiling);
  }

  #freeCarried(buffer: DeviceBuffer): void {
    this.core.options.backend.free(buffer);
    this.core.ledger.credit("carried", buffer.bytes);
  }

  #record(index: number, movedBytes: number): void {
    const { residency, passes } = this.core;
    const { modelBytes, pinnedBytes, windowBytes, weightBudget } = residency.stats();
    passes.push({
      model: this.#title(),
      kind: this.model.kind,
      index,
      movedBytes,
      modelBytes,
      pinnedBytes,
      windowBytes,
      weightBudget,
    });
    if (passes.length > KEPT_STATS) passes.splice(0, passes.length - KEPT_STATS);
  }
}

/** Bytes moved for what runs: what is read ahead for a later model is no part of its passes. */
const movedFor = ({ movedBytes, movedBytesByReason }: Counters): number => movedBytes - (movedBytesByReason.ahead ?? 0);

/** What an increase has to be of so that weights get more room. */
function bindingCeiling({ vram, vramWeights }: RuntimeCore["options"]): Parameters<typeof describeThrash>[2] {
  if (vramWeights !== undefined && "share" in vramWeights) return null;
  if (vramWeights !== undefined && vramWeights.bytes < vram)
    return { flag: "--vram-weights", limit: vramWeights.bytes };
  return { flag: "--vram", limit: vram };
}

/** Where a stage's leaves lie: weights under the lease, carried tensors in the run's buffer. One object per input, filled per stage. */
class StageBindings implements Bindings {
  lease: Lease | undefined;
  readonly #compiled: CompiledPass;
  readonly #buffer: DeviceBuffer;
  readonly #known: ReadonlyMap<string, KnownWeight>;

  constructor(compiled: CompiledPass, buffer: DeviceBuffer, known: ReadonlyMap<string, KnownWeight>) {
    this.#compiled = compiled;
    this.#buffer = buffer;
    this.#known = known;
  }

  weight(name: string): Binding {
    const place: Place = this.lease!.place(this.#known.get(name)!.id);
    return { buffer: place.chunk, offset: place.offset };
  }

  carried(name: string): Binding {
    return { buffer: this.#buffer, offset: this.#compiled.carried.offsets.get(name)! };
  }
}

/** A submission's end as a fence: reached whether or not the program succeeded, since either way the device reads no more. */
function fenceOf(submission: Submission): Fence {
  const reached = submission.finished.then(
    () => undefined,
    () => undefined,
  );
  return {
    get done() {
      return submission.done;
    },
    reached,
  };
}
