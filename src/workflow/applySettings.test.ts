import { describe, expect, test } from "vitest";
import { applySettings, type Declarations, shiftSeeds } from "./applySettings.ts";
import type { InputSpec, Prompt } from "./node.ts";

const link = (of: string): InputSpec => ({ type: "LINK", of });
const classes: Record<string, ReturnType<Declarations>> = {
  CLIPTextEncode: {
    inputs: { text: { type: "STRING" }, clip: link("CLIP") },
    outputs: [{ name: "CONDITIONING", type: "CONDITIONING" }],
  },
  FluxGuidance: {
    inputs: { conditioning: link("CONDITIONING"), guidance: { type: "FLOAT" } },
    outputs: [{ name: "CONDITIONING", type: "CONDITIONING" }],
  },
  KSampler: {
    inputs: {
      seed: { type: "INT", controlAfterGenerate: true },
      steps: { type: "INT" },
      cfg: { type: "FLOAT" },
      sampler_name: { type: "COMBO", options: ["euler"] },
      positive: link("CONDITIONING"),
      negative: link("CONDITIONING"),
      tiled: { type: "BOOLEAN" },
    },
    outputs: [{ name: "LATENT", type: "LATENT" }],
  },
  ControlNet: {
    inputs: { positive: link("CONDITIONING"), negative: link("CONDITIONING") },
    outputs: [
      { name: "positive", type: "CONDITIONING" },
      { name: "negative", type: "CONDITIONING" },
    ],
  },
  PrimitiveInt: {
    inputs: { value: { type: "INT", controlAfterGenerate: "fixed" } },
    outputs: [{ name: "INT", type: "INT" }],
  },
  PrimitiveString: { inputs: { value: { type: "STRING" } }, outputs: [{ name: "STRING", type: "STRING" }] },
};
const declarations: Declarations = (name) => classes[name];
const prompt: Prompt = {
  "1": { class_type: "CLIPTextEncode", inputs: { text: "a cat" }, _meta: { title: "What I want" } },
  "2": { class_type: "CLIPTextEncode", inputs: { text: "blurry" }, _meta: { title: "Not this" } },
  "3": { class_type: "FluxGuidance", inputs: { conditioning: ["1", 0], guidance: 4 } },
  "4": { class_type: "ControlNet", inputs: { positive: ["3", 0], negative: ["2", 0] } },
  "5": {
    class_type: "KSampler",
    inputs: { seed: 1, steps: 20, cfg: 1, sampler_name: "euler", positive: ["4", 0], negative: ["4", 1], tiled: true },
  },
};
const set = (...texts: string[]) => applySettings(prompt, { set: texts }, declarations);

describe("--set", () => {
  test.each([
    ["5.steps=8", "5", "steps", 8],
    ["KSampler.seed=18446744073709551615", "5", "seed", 2n ** 64n - 1n],
    ["5.cfg=2.5", "5", "cfg", 2.5],
    ["5.tiled=false", "5", "tiled", false],
    ["5.sampler_name=dpmpp_2m", "5", "sampler_name", "dpmpp_2m"],
    ["What I want.text=a=b, c.d", "1", "text", "a=b, c.d"],
    ["1.text=", "1", "text", ""],
    ['5.positive=["1",0]', "5", "positive", ["1", 0]],
  ])("%s", (text, node, input, value) => {
    const before = structuredClone(prompt);
    expect(set(text)[node]!.inputs[input]).toEqual(value);
    expect(prompt).toEqual(before);
  });

  test("later ones win", () => expect(set("5.steps=8", "5.steps=9")["5"]!.inputs["steps"]).toBe(9));

  test.each([
    ["5.steps", "--set 5.steps: write it as node.input=value, such as 3.steps=8 or KSampler.seed=5"],
    ["steps=5", "--set steps=5: write it as node.input=value, such as 3.steps=8 or KSampler.seed=5"],
    [
      "9.steps=5",
      'there is no node "9"; the nodes are: 1 (What I want), 2 (Not this), 3 (FluxGuidance), 4 (ControlNet), 5 (KSampler)',
    ],
    ["CLIPTextEncode.text=x", '"CLIPTextEncode" means 2 nodes; say which by id: 1, 2'],
    [
      "5.step=8",
      'node 5 (KSampler) has no input "step"; its inputs: seed, steps, cfg, sampler_name, positive, negative, tiled',
    ],
    ["5.steps=many", '5.steps is "many"; it takes a whole number'],
    ["5.cfg=high", '5.cfg is "high"; it takes a number'],
    ["5.tiled=maybe", '5.tiled is "maybe"; it takes true or false'],
    ["5.positive=1", '5.positive takes a link to CONDITIONING, written ["node id", output number]'],
  ])("refuses %s", (text, message) => {
    expect(() => set(text)).toThrow(expect.objectContaining({ code: "bad-setting", message }));
  });
});

describe("--prompt", () => {
  test("finds the text behind what is positive, through other nodes", () => {
    const result = applySettings(prompt, { prompt: "a dog" }, declarations);
    expect(result["1"]!.inputs["text"]).toBe("a dog");
    expect(result["2"]!.inputs["text"]).toBe("blurry");
  });

  test("sets a linked text where it comes from", () => {
    const linked = {
      ...prompt,
      "0": { class_type: "PrimitiveString", inputs: { value: "x" } },
      "1": { class_type: "CLIPTextEncode", inputs: { text: ["0", 0] } },
    };
    expect(applySettings(linked, { prompt: "a dog" }, declarations)["0"]!.inputs["value"]).toBe("a dog");
  });

  test("says so when there are several, or none", () => {
    const both = { ...prompt, "6": { ...prompt["5"]!, inputs: { ...prompt["5"]!.inputs, positive: ["2", 0] } } };
    expect(() => applySettings(both, { prompt: "x" }, declarations)).toThrow(
      "--prompt: several texts feed the picture; set one by id: --set 1.text=..., --set 2.text=...",
    );
    const none = { "1": { class_type: "PrimitiveInt", inputs: { value: 1 } } };
    expect(() => applySettings(none, { prompt: "x" }, declarations)).toThrow("no node of this workflow encodes a text");
  });
});

describe("--seed and --steps", () => {
  const linked: Prompt = {
    ...prompt,
    "7": { class_type: "PrimitiveInt", inputs: { value: 3 } },
    "8": { class_type: "KSampler", inputs: { seed: ["7", 0], steps: 4 } },
  };
  test("every one of them, where it is written", () => {
    const result = applySettings(linked, { seed: 2n ** 64n - 1n, steps: 6 }, declarations);
    expect(result["5"]!.inputs).toMatchObject({ seed: 2n ** 64n - 1n, steps: 6 });
    expect(result["7"]!.inputs).toEqual({ value: 2n ** 64n - 1n });
    expect(result["8"]!.inputs).toEqual({ seed: ["7", 0], steps: 6 });
  });

  test("a workflow without them says so", () => {
    expect(() => applySettings({ "1": prompt["1"]! }, { seed: 1n }, declarations)).toThrow(
      "no node of this workflow has a seed",
    );
  });

  test("shiftSeeds goes round at 2^64 and leaves the rest", () => {
    const last = applySettings(linked, { seed: 2n ** 64n - 1n }, declarations);
    const next = shiftSeeds(last, 2n, declarations);
    expect(next["5"]!.inputs["seed"]).toBe(1);
    expect(next["7"]!.inputs["value"]).toBe(1);
    expect(next["5"]!.inputs["steps"]).toBe(20);
  });
});
