import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseJson, printJson } from "../../src/workflow/losslessJson.ts";
import type { InputSpec, NodeContext, Prompt } from "../../src/workflow/node.ts";
import { validate } from "../../src/workflow/validate.ts";
import { mismatch } from "./matchRecorded.ts";
import { noFolders, recordedNode, sharedFolder } from "./objectInfoNodes.ts";

interface Step {
  readonly http?: { readonly method: string; readonly path: string; readonly json?: unknown; readonly text?: string };
  readonly expect?: {
    readonly status: number | number[];
    readonly json?: { error?: unknown; node_errors?: unknown };
    readonly text_contains?: string[];
  };
}

/** Every POST /prompt of the recorded exchanges: what ComfyUI answered is what `validate` says. */
const folder = new URL("golden/api/transcripts/", sharedFolder);
const names = existsSync(folder) ? readdirSync(folder) : [];
/** The body itself is refused before there is a prompt to validate; the server's tests have these. */
const BODY_ONLY = /^(001|002|007|008|009)-/;

describe.skipIf(names.length === 0)("recorded validation (needs ../shared)", () => {
  const cases = names
    .filter((name) => !BODY_ONLY.test(name))
    .flatMap((name) => {
      const { steps } = JSON.parse(readFileSync(new URL(name, folder), "utf8")) as { steps: Step[] };
      const posts = steps.filter(
        ({ http }) =>
          http?.method === "POST" && http.path === "/prompt" && (http.text !== undefined || hasPrompt(http.json)),
      );
      return posts.map((step, i) => ({ name: `${name} ${i + 1}`, step }));
    });

  test("there are cases", () => expect(cases.length).toBeGreaterThan(120));

  test.each(cases)("$name", async ({ step }) => {
    const text = step.http!.text ?? JSON.stringify(step.http!.json);
    const body = parseJson(text) as { prompt: Prompt; partial_execution_targets?: string[] | null };
    const given = printJson(body.prompt);
    const result = await validate(body.prompt, {
      nodes: (classType) => withFiles(recordedNode(classType), step),
      catalogue: noFolders,
      context: () => ({}) as NodeContext,
      targets: body.partial_execution_targets ?? null,
    });
    expect(printJson(body.prompt)).toBe(given); // the caller's prompt is not changed
    const statuses = [step.expect!.status].flat();
    expect(statuses).toContain(result.ok ? 200 : 400);
    const reply = result.ok
      ? { node_errors: result.nodeErrors }
      : { error: result.error, node_errors: result.nodeErrors };
    if (step.expect!.json !== undefined) {
      const { prompt_id: _, number: __, ...want } = step.expect!.json as Record<string, unknown>;
      expect(mismatch(reply, want)).toBeNull();
    }
    for (const part of step.expect!.text_contains ?? []) expect(printJson(reply)).toContain(part);
  });
});

const hasPrompt = (json: unknown): boolean => typeof json === "object" && json !== null && "prompt" in json;

/** The recordings' files: pictures are there unless ComfyUI missed one, and so is the model that the replayer makes. */
function withFiles(node: ReturnType<typeof recordedNode>, { expect: answer }: Step): ReturnType<typeof recordedNode> {
  if (node?.name === "LoadImage" && !JSON.stringify(answer).includes("Invalid image file")) {
    return { ...node, validate: async () => null };
  }
  if (node?.name === "UNETLoader") {
    const unet_name = { ...node.inputs["unet_name"], options: ["weir-tiny-flux2.safetensors"] } as InputSpec;
    return { ...node, inputs: { ...node.inputs, unet_name } };
  }
  return node;
}
