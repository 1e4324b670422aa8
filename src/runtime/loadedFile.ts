import type { WeightSource } from "../formats/weightSource.ts";
import type { Residency } from "../memory/residency.ts";
import type { WeightId, WeightSpec } from "../memory/words.ts";
import type { Model, WeightDecl } from "../models/model.ts";
import type { TensorSpec } from "../tensor/dtype.ts";
import { type ResidentForm, residentForm } from "./residentForm.ts";

/** A weight in its resident form, and the residency's name for it. */
export interface KnownWeight extends TensorSpec {
  readonly bytes: number;
  readonly id: WeightId;
}

/** Where the runtime writes down what a weight is: for reads, events and traces. */
export interface WeightBook {
  add(id: WeightId, weight: WeightDecl, form: ResidentForm, model: Model): void;
  remove(id: WeightId): void;
}

/**
 * An open weights file as the residency knows it. Models of one kind that are read from it in different ways (a text encoder with other
 * taps) share its weights: a tensor in one resident form is one weight, however often the file is opened. Models of several kinds in one file
 * (a checkpoint) are models of their own to the residency: each comes, goes and is read ahead by itself.
 */
export class LoadedFile {
  readonly identity: string;
  closed = false;
  /** Ids of which a pass has been announced: what their runs use is known. */
  readonly used = new Set<string>();
  readonly #id: string;
  readonly #residency: Pick<Residency, "register" | "close">;
  readonly #book: WeightBook;
  readonly #forget: () => void;
  readonly #weights = new Map<string, KnownWeight>();
  /** One for each kind of model: a kind may know the file's tensors under names of its own. */
  readonly #sources = new Map<string, WeightSource>();

  /** `serial`: tells it from the same file opened before, which may not be gone yet. */
  constructor(
    { path, identity }: WeightSource,
    serial: number,
    residency: Pick<Residency, "register" | "close">,
    book: WeightBook,
    forget: () => void,
  ) {
    this.identity = identity;
    this.#id = `${path}#${identity}#${serial}`;
    this.#residency = residency;
    this.#book = book;
    this.#forget = forget;
  }

  /** The residency's name for the weights of one kind of model. */
  idOf({ kind }: Pick<Model, "kind">): string {
    return `${this.#id}#${kind}`;
  }

  /** The same model over the source that stays open: a second opening of the file is closed. */
  adopt<M extends Model>(model: M): M {
    const { kind, source } = model;
    const known = this.#sources.get(kind);
    if (known === undefined || known === source) {
      this.#sources.set(kind, source);
      return model;
    }
    void source.close();
    return Object.create(model, { source: { value: known, enumerable: true } }) as M;
  }

  /** Makes a model's weights known where they are not, and returns all of them by name. Throws what `residentForm` and `register` throw. */
  register(model: Model): ReadonlyMap<string, KnownWeight> {
    const { kind, source, weights } = model;
    const keyed = weights.map((weight) => {
      const form = residentForm(source.path, weight);
      return { weight, form, key: JSON.stringify([kind, weight.entry.name, form.dtype, form.shape]) };
    });
    const fresh = keyed.filter(({ key }) => !this.#weights.has(key));
    const specs = fresh.map(
      ({ weight, form }): WeightSpec => ({
        name: weight.name,
        bytes: form.bytes,
        fileBytes: weight.entry.recoded?.bytes ?? weight.entry.bytes,
        ...(weight.entry.recoded && { recoded: true as const }),
      }),
    );
    if (specs.length > 0) {
      const ids = this.#residency.register(this.idOf(model), specs);
      for (const [i, { weight, form, key }] of fresh.entries()) {
        this.#book.add(ids[i]!, weight, form, model);
        this.#weights.set(key, { ...form, id: ids[i]! });
      }
    }
    return new Map(keyed.map(({ weight, key }) => [weight.name, this.#weights.get(key)!]));
  }

  /** Forgets the weights, once nothing leases them, and closes the file. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.#forget();
    for (const kind of this.#sources.keys()) await this.#residency.close(this.idOf({ kind }));
    for (const { id } of this.#weights.values()) this.#book.remove(id);
    for (const source of this.#sources.values()) await source.close();
  }
}
