import { expect, test } from "vitest";
import { sharedSource } from "./sharedSource.ts";
import type { WeightSource } from "./weightSource.ts";

class Source implements WeightSource {
  readonly path = "a.safetensors";
  readonly identity = "1";
  readonly fileBytes = 4;
  readonly metadata = {};
  readonly tensors = new Map();
  readonly values = new Map([["general.architecture", "flux"]]);
  #closed = 0;
  #byte = 7;
  async read(_: string, __: number, into: Uint8Array): Promise<void> {
    into.fill(this.#byte);
  }
  async close(): Promise<void> {
    this.#closed += 1;
  }
  get closed(): number {
    return this.#closed;
  }
}

test("the file is closed with its last owner, once; each has all that it has", async () => {
  const source = new Source();
  const [a, b, c] = sharedSource(source, 3);
  const into = new Uint8Array(2);
  await b!.read("w", 0, into);
  expect(into).toEqual(Uint8Array.of(7, 7));
  expect([a!.path, a!.tensors, "values" in a!]).toEqual(["a.safetensors", source.tensors, true]);
  await a!.close();
  await a!.close();
  await a!.close();
  await b!.close();
  expect(source.closed).toBe(0);
  await c!.close();
  await c!.close();
  expect(source.closed).toBe(1);
});
