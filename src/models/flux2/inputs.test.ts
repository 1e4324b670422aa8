import { expect, test } from "vitest";
import { flux2Shapes } from "../../../test/support/flux2File.ts";
import { headerSource } from "../../../test/support/headerSource.ts";
import { elements } from "../../tensor/dtype.ts";
import { flux2Inputs } from "./inputs.ts";
import { openFlux2 } from "./open.ts";

const model = openFlux2(headerSource(flux2Shapes({ hidden: 256, double: 1, single: 1, context: 6 })));
const shape = { batch: 2, height: 2, width: 3, textTokens: 4, references: [{ height: 1, width: 2 }] };
const values = {
  x: new Float32Array(2 * 128 * 6),
  sigma: [0.5],
  context: new Float32Array(4 * 6).map((_, i) => i),
  references: [new Float32Array(128 * 2)],
};

test.each([shape, { ...shape, referenceMethod: "index_timestep_zero" as const }])(
  "every input of the pass, in its size",
  (s) => {
    const pass = model.pass(s);
    const inputs = flux2Inputs(model.dims, s, values);
    expect(Object.keys(inputs).sort()).toEqual([...pass.inputs].sort());
    for (const [name, data] of Object.entries(inputs))
      expect(data.length, name).toBe(elements(pass.carried[name]!.shape));
  },
);

test("one entry serves the batch", () => {
  const { context } = flux2Inputs(model.dims, shape, values);
  expect([...context!.subarray(24)]).toEqual([...values.context]);
});

test.each([
  [{ x: new Float32Array(3) }, "x has 3 values, expected 1536"],
  [{ sigma: [] }, "sigma has 0 values, expected 2"],
  [{ context: new Float32Array(25) }, "context has 25 values, expected 48"],
  [{ references: [] }, "reference.0 has 0 values, expected 512"],
])("wrong sizes: %j", (change, message) =>
  expect(() => flux2Inputs(model.dims, shape, { ...values, ...change })).toThrow(message),
);
