import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { textInputs } from "../../src/models/text/inputs.ts";
import { openTextEncoder, type TextEncoder } from "../../src/models/text/open.ts";
import { openBackends } from "./backends.ts";
import { golden } from "./golden.ts";
import { runPass } from "./harness.ts";
import { sharedExists, sharedSource } from "./shared.ts";

describe.skipIf(!sharedExists)("Qwen3 against the goldens", async () => {
  const backends = sharedExists ? await openBackends() : [];
  let tiny: TextEncoder;
  let demo: TextEncoder;
  beforeAll(async () => {
    tiny = openTextEncoder(await sharedSource("golden/text/qwen3_weights"));
    demo = openTextEncoder(await sharedSource("demo-models/text_encoders/weir-demo-te"));
  });
  afterAll(async () => {
    await tiny.source.close();
    await demo.source.close();
    for (const { backend } of backends) await backend.close();
  });

  describe.each(backends)("$name", ({ backend, slow }) => {
    test.each(["qwen3_a", "qwen3_b", "qwen3_c", ...(slow ? [] : ["qwen3_pad512"])])("%s", async (name) => {
      const g = await golden(`text/${name}`);
      expect(tiny.taps).toEqual(g.params["taps"]);
      const ids = g.values("in.tokens");
      const inputs = await textInputs(tiny, ids, g.params["pad"] as number);
      const states = [0, 1, 2].filter((n) => g.has(`out.layer_in.${n}`));
      const outputs = ["context", ...states.map((n) => `hidden.${n}`)];
      const results = await runPass(backend, tiny, tiny.pass(ids.length), inputs, { outputs });
      for (const n of states) g.check(`out.layer_in.${n}`, results[`hidden.${n}`]!);
      g.check("out.context", results["context"]!);
    });

    test.skipIf(slow)("the demo's encoder", async () => {
      const g = await golden("demo/star-night");
      const ids = g.values("in.token_ids");
      const results = await runPass(backend, demo, demo.pass(ids.length), await textInputs(demo, ids, 459));
      g.check("out.context", results["context"]!);
    });
  });
});
