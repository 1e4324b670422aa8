import { createReferenceBackend } from "../../src/reference/index.ts";
import type { Backend } from "../../src/tensor/index.ts";

export interface OpenBackend {
  readonly name: string;
  readonly backend: Backend;
}

/** The backends that models are tried on. */
export async function openBackends(): Promise<OpenBackend[]> {
  return [{ name: "reference", backend: createReferenceBackend().backend }];
}
