import {
  type AppliedLora,
  type FindTarget,
  fitLora,
  type LoraFit,
  type LoraModel,
  loraTerms,
} from "../../models/lora/index.ts";
import type { Model } from "../../models/model.ts";
import type { Companions, LoadedModel, Runtime } from "../../runtime/runtime.ts";

/** LoRAs on a model: the stack, and what runs of the model are told of it (`toldOf`). */
export interface Adapters {
  readonly stack: readonly AppliedLora[];
  readonly companions: Companions;
}

/** What every run of a model is told of the LoRAs on it: part of `BeginOptions`. */
export const toldOf = (adapters: Adapters | undefined): { readonly companions?: Companions } =>
  adapters === undefined ? {} : { companions: adapters.companions };

/**
 * One more LoRA on what a model has already: what it then is, and how the LoRA's layers fit. Reads nothing. A strength of 0 adds nothing, but
 * for layers that the file sets. `lora`: as `runtime.load` gave it back.
 */
export function withLora(
  runtime: Pick<Runtime, "load">,
  base: Model,
  find: FindTarget,
  before: Adapters | undefined,
  lora: LoraModel,
  strength: number,
): { readonly adapters: Adapters | undefined; readonly fit: LoraFit } {
  const fit = fitLora(lora, base, find, before?.stack);
  const patches = strength === 0 ? fit.patches.filter(({ adapter }) => adapter.form.kind === "set") : fit.patches;
  if (patches.length === 0) return { adapters: before, fit };
  const stack = [...(before?.stack ?? []), { lora, strength, patches }];
  return { adapters: { stack, companions: companionsOf(runtime, base, stack) }, fit };
}

/** A stack as the runtime takes it: its files are loaded, so that their weights are leased with the model's blocks. */
export function companionsOf(runtime: Pick<Runtime, "load">, base: Model, stack: readonly AppliedLora[]): Companions {
  const { key, weights, terms } = loraTerms(base, stack);
  const loaded = new Map<Model, LoadedModel>();
  const load = (model: Model): LoadedModel => {
    const known = loaded.get(model) ?? runtime.load(model);
    loaded.set(model, known);
    return known;
  };
  return {
    key,
    weights: new Map(
      [...weights].map(([name, { model, name: theirs }]) => [name, { model: load(model), name: theirs }]),
    ),
    terms,
  };
}
