import { openGgml } from "../../src/ggml/index.ts";
import { type Bindings, type DeviceBuffer, Interrupted } from "../../src/tensor/backend.ts";
import { byteLength, Graph, mulMat } from "../../src/tensor/index.ts";
import type { Check } from "./check.ts";

const WIDTH = 128;
/** Products, a part each: a second on lavapipe, and never less than as many turns of the event loop. */
const PARTS = 200;
const SPEC = { dtype: "f32", shape: [WIDTH, WIDTH] } as const;

/** A graph that the device cannot stop ends between two parts: what it would have written last is not there, and the next one runs. */
export const interrupt: Check = {
  name: "an interrupt acts inside a long graph",
  async run() {
    const library = await openGgml({ strictVulkan: true });
    const { backend } = library.open(library.select("vulkan").id, { flopsPerPart: 1 });
    const g = new Graph({ name: "long", castWeights: false, weight: () => undefined, carried: () => SPEC });
    let x = g.carried("x");
    for (let i = 0; i < PARTS; i++) x = mulMat(g.carried("w"), x);
    g.write("y", x);
    const program = g.finish();
    const bytes = byteLength(SPEC);
    const buffers = new Map<string, DeviceBuffer>();
    try {
      for (const name of ["x", "w", "y"]) {
        const buffer = backend.allocate(bytes)!;
        buffers.set(name, buffer);
        await backend.write(buffer, 0, new Uint8Array(bytes));
      }
      const sentinel = new Uint8Array(bytes).fill(0x3f);
      await backend.write(buffers.get("y")!, 0, sentinel);
      if (!backend.reserveActivations(backend.activationBytes(program))) throw new Error("no room");
      const find = (name: string) => ({ buffer: buffers.get(name)!, offset: 0 });
      const bindings: Bindings = { weight: find, carried: find };
      const submission = backend.submit(program, bindings);
      const ended = submission.finished.then(
        () => "it ran to its end",
        (error: unknown) => (error instanceof Interrupted ? null : `it failed with ${error}`),
      );
      // after the first parts: what was never begun would be no proof
      await new Promise((done) => setTimeout(done, 5));
      backend.interrupt();
      const wrong = await ended;
      if (wrong !== null) throw new Error(wrong);
      const y = await backend.read(buffers.get("y")!, 0, bytes);
      if (Buffer.compare(y, sentinel) !== 0) throw new Error("the result was written all the same");
      await backend.submit(program, bindings).finished;
      const after = await backend.read(buffers.get("y")!, 0, bytes);
      if (after.some((byte) => byte !== 0)) throw new Error("the next graph gave another result");
      return `of ${PARTS} parts`;
    } finally {
      await backend.close();
    }
  },
};
