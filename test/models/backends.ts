import type { Backend } from "../../src/tensor/index.ts";
import { availableBackends } from "../backends.ts";

export interface OpenBackend {
  readonly name: string;
  readonly backend: Backend;
  /** Plain loops: only the smaller cases, or a test run would take minutes. */
  readonly slow: boolean;
}

/** The backends that meet the goldens' own tolerances, opened. GPUs have tolerances of their own and are held to them elsewhere. */
export async function openBackends(): Promise<OpenBackend[]> {
  const able = (await availableBackends()).filter(({ name }) => name === "reference" || name === "cpu");
  return Promise.all(
    able.map(async ({ name, open }) => ({ name, backend: (await open()).backend, slow: name === "reference" })),
  );
}
