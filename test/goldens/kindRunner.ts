import type { GoldenCase, GoldenTensor } from "./goldenCase.ts";
import type { GoldenDevice } from "./goldenDevice.ts";

/** What a json-only case expects of one output. `null` stands for NaN or infinity, which json cannot write. */
export interface Expected {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number | bigint | null>;
}

export interface Outputs {
  /** By output name: every name the case expects, except those in `notComputed`. */
  readonly values: Readonly<Record<string, GoldenTensor>>;
  /** Outputs that this runner cannot give, each with the reason; they are printed, not failed. */
  readonly notComputed?: Readonly<Record<string, string>>;
}

/** Runs the cases of one kind with the product's code. One file in kinds/ each; kinds/index.ts lists them. */
export interface KindRunner {
  readonly kind: string;
  /** It computes on a device: `--device` and `--native` matter. */
  readonly onDevice?: boolean;
  /** Why this case of the kind cannot be run yet, or `null`. */
  skip?(golden: GoldenCase): string | null;
  run(golden: GoldenCase, device: GoldenDevice): Promise<Outputs>;
  /** What must come out, beside the file's `out.*` tensors: for cases whose rows are in the json. */
  expected?(golden: GoldenCase): Readonly<Record<string, Expected>>;
}

/** A row of numbers as a tensor of one axis. */
export const row = <T extends ArrayLike<unknown>>(data: T): { shape: readonly number[]; data: T } => ({
  shape: [data.length],
  data,
});
