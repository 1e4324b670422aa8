import { describe, expect, test } from "vitest";
import { readWorkflow } from "./readWorkflow.ts";

const api = '{"1": {"class_type": "RandomNoise", "inputs": {"noise_seed": 18446744073709551615}}}';
const prompt = { "1": { class_type: "RandomNoise", inputs: { noise_seed: 2n ** 64n - 1n } } };

describe("readWorkflow", () => {
  test("API format", () => {
    expect(readWorkflow({ name: "w.json", json: api })).toEqual({ prompt, extraPngInfo: {} });
  });

  test("a body of POST /prompt", () => {
    const json = `{"prompt": ${api}, "client_id": "x", "extra_data": {"extra_pnginfo": {"workflow": {"id": 1}}}}`;
    expect(readWorkflow({ name: "w.json", json })).toEqual({ prompt, extraPngInfo: { workflow: { id: 1 } } });
  });

  test("a node called prompt is a node", () => {
    const json = '{"prompt": {"class_type": "A", "inputs": {}}}';
    expect(readWorkflow({ name: "w.json", json }).prompt).toEqual({ prompt: { class_type: "A", inputs: {} } });
  });

  test("a picture's text; what is not JSON there came from another program", () => {
    const pngText = { prompt: api, workflow: '{"seed": 9007199254740993}', Software: "Paint" };
    expect(readWorkflow({ name: "a.png", pngText })).toEqual({
      prompt,
      extraPngInfo: { workflow: { seed: 9007199254740993n } },
    });
  });

  const ui = '{"nodes": [{"id": 1, "type": "A", "widgets_values": [3]}], "links": [], "version": 0.4}';
  const asked = { "1": { class_type: "A", inputs: { n: 3 }, _meta: { title: "The A" } } };
  const page = { describe: () => ({ displayName: "The A", inputs: [["n", "INT", {}] as const] }) };
  test.each([
    ["bare", { name: "w.json", json: ui }],
    ["beside other things", { name: "w.json", json: `{"workflow": ${ui}, "x": 1}` }],
    ["as the prompt", { name: "w.json", json: `{"prompt": ${ui}}` }],
    ["in a picture", { name: "a.png", pngText: { workflow: ui, Software: "Paint" } }],
  ])("as the page saves it, %s: converted, and kept for the picture", (_, source) => {
    expect(readWorkflow(source, page)).toEqual({ prompt: asked, extraPngInfo: { workflow: JSON.parse(ui) } });
  });

  test("what is ready to run is preferred", () => {
    const { prompt: found } = readWorkflow({ name: "a.png", pngText: { prompt: api, workflow: ui } }, page);
    expect(found).toEqual(prompt);
    expect(readWorkflow({ name: "w.json", json: `{"prompt": ${api}, "workflow": ${ui}}` }, page)).toEqual({
      prompt,
      extraPngInfo: { workflow: JSON.parse(ui) },
    });
  });

  test("a class that is not known keeps its name", () => {
    const { prompt: found } = readWorkflow({ name: "w.json", json: ui });
    expect(found).toEqual({ "1": { class_type: "A", inputs: { UNKNOWN: 3 }, _meta: {} } });
  });

  test("ComfyUI writes NaN", () => {
    const json = '{"1": {"class_type": "A", "inputs": {}, "is_changed": [NaN]}}';
    expect(readWorkflow({ name: "w", json }).prompt["1"]).toMatchObject({ is_changed: [Number.NaN] });
  });

  test.each([
    [{ name: "w.json", json: "{" }, "invalid-json"],
    [{ name: "w.json", json: "[]" }, "no-workflow"],
    [{ name: "w.json", json: "{}" }, "no-workflow"],
    [{ name: "w.json", json: '{"a": 1, "b": {}}' }, "no-workflow"],
    [{ name: "w.json", json: '{"nodes": [{"id": 1}], "links": []}' }, "broken-workflow"],
    [{ name: "w.json", json: '{"a": null, "b": {"class_type": "A"}}' }, "no-workflow"],
    [{ name: "a.png", pngText: {} }, "no-workflow"],
    [{ name: "a.png", pngText: { parameters: "Steps: 20" } }, "no-workflow"],
  ])("refuses %j: %s", (source, code) => {
    expect(() => readWorkflow(source)).toThrow(expect.objectContaining({ code }));
  });

  test("messages", () => {
    const message = (json: string) => {
      try {
        readWorkflow({ name: "w.json", json });
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(message('{"nodes": [{"id": 1}], "links": []}')).toMatchInlineSnapshot(
      `"w.json is no workflow of the page: one of its nodes has no id or no type"`,
    );
    expect(message('{"a": 1, "b": {}}')).toMatchInlineSnapshot(
      `"w.json holds no workflow in API format: none of a, b has a class_type"`,
    );
    expect(() => readWorkflow({ name: "a.png", pngText: { parameters: "x" } })).toThrowErrorMatchingInlineSnapshot(
      `[WorkflowError: a.png carries no workflow: a picture made by SaveImage has a text chunk "prompt", this one has only parameters]`,
    );
  });
});
