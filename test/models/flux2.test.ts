import { afterAll, beforeAll, describe, test } from "vitest";
import { flux2Inputs } from "../../src/models/flux2/inputs.ts";
import { type Flux2Model, openFlux2 } from "../../src/models/flux2/open.ts";
import { positions } from "../../src/models/flux2/positions.ts";
import { ropeTables } from "../../src/models/flux2/rope.ts";
import type { Flux2Shape, ReferenceMethod } from "../../src/models/flux2/shape.ts";
import { timestepEmbedding } from "../../src/models/flux2/timestep.ts";
import { openBackends } from "./backends.ts";
import { golden } from "./golden.ts";
import { runPass } from "./harness.ts";
import { sharedExists, sharedSource } from "./shared.ts";

const SMALL = ["klein_8x8", "klein_t0", "klein_ref_offset", "dev_batch2"];
const LARGER = [
  "klein_6x10",
  "klein_text520",
  "klein_ref_index",
  "klein_ref_uxo",
  "klein_ref_index_timestep_zero",
  "dev_8x8",
  "dev_no_guidance_value",
];

describe.skipIf(!sharedExists)("Flux 2 against the goldens", async () => {
  const backends = sharedExists ? await openBackends() : [];
  let model: Flux2Model;
  beforeAll(async () => {
    model = openFlux2(await sharedSource("golden/flux2/weights"));
  });
  afterAll(async () => {
    await model.source.close();
    for (const { backend } of backends) await backend.close();
  });

  describe.each(backends)("$name", ({ backend, slow }) => {
    test.each(slow ? SMALL : [...SMALL, ...LARGER])("%s", async (name) => {
      const g = await golden(`flux2/${name}`);
      const [batch, , height, width] = g.shape("in.x") as [number, number, number, number];
      const names = [0, 1, 2].map((n) => `in.ref.${n}`).filter((ref) => g.has(ref));
      const shape: Flux2Shape = {
        batch,
        height,
        width,
        textTokens: g.shape("in.context")[1]!,
        guidance: g.has("in.guidance"),
        references: names.map((ref) => ({ height: g.shape(ref)[2]!, width: g.shape(ref)[3]! })),
        ...(g.params["ref_method"] ? { referenceMethod: g.params["ref_method"] as ReferenceMethod } : {}),
      };
      const inputs = flux2Inputs(model.dims, shape, {
        x: g.values("in.x"),
        sigma: g.values("in.timestep"),
        context: g.values("in.context"),
        ...(g.has("in.guidance") ? { guidance: g.values("in.guidance") } : {}),
        references: names.map((ref) => g.values(ref)),
      });
      const wanted: Record<string, string> = {
        "out.final": "out",
        "out.vec": "vec",
        "out.img_in": "img.0",
        "out.txt_in": "txt.0",
      };
      for (let n = 0; n < model.dims.doubleBlocks; n++)
        for (const stream of ["img", "txt"]) wanted[`out.double.${n}.${stream}`] = `${stream}.${n + 1}`;
      for (let n = 0; n < model.dims.singleBlocks; n++) wanted[`out.single.${n}`] = `seq.${n + 1}`;
      const present = Object.entries(wanted).filter(([key]) => g.has(key));
      const outputs = present.map(([, carried]) => carried);
      const results = await runPass(backend, model, model.pass(shape), inputs, { outputs });
      if (g.has("out.timestep_embedding"))
        g.check("out.timestep_embedding", timestepEmbedding(g.values("in.timestep"), model.dims.time));
      if (g.has("out.pe")) g.check("out.pe", repeat(matrices(ropeTables(positions(shape), model.dims.headDim)), batch));
      for (const [key, carried] of present) g.check(key, results[carried]!);
    });
  });
});

const repeat = (values: Float32Array, times: number): Float32Array =>
  Float32Array.from({ length: values.length * times }, (_, i) => values[i % values.length]!);

/** The tables as the goldens have them: a 2 x 2 rotation [[cos, -sin], [sin, cos]] for each pair. */
function matrices({ cos, sin }: { cos: Float32Array; sin: Float32Array }): Float32Array {
  const out = new Float32Array(cos.length * 2);
  for (let pair = 0; pair < cos.length / 2; pair++)
    out.set([cos[2 * pair]!, sin[2 * pair]!, sin[2 * pair + 1]!, cos[2 * pair + 1]!], 4 * pair);
  return out;
}
