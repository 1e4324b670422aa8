import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "./built.ts";
import { weir } from "./harness.ts";

let base: string;
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), "weir-plan-"));
});
afterAll(() => rmSync(base, { recursive: true }));

const plan = (...flags: string[]) =>
  weir(["plan", join(root, "demo/klein.json"), "--base-directory", base, ...flags], { cwd: root });

test("a plan finds the models that a run would find: --models-directory, extra_model_paths.yaml, and files that are named", async () => {
  const missing = await plan();
  expect(missing.code).toBe(5);
  expect(missing.err).toContain(`models are looked for in ${join(base, "models")}\n`);
  expect(await plan("--models-directory", "demo/models")).toMatchObject({ code: 0, err: "" });
  const paths = ["diffusion_models", "text_encoders", "vae"].map((folder) => `  ${folder}: models/${folder}\n`);
  const yaml = `a:\n  base_path: ${join(root, "demo")}\n${paths.join("")}`;
  writeFileSync(join(base, "mine.yaml"), yaml);
  expect(await plan("--extra-model-paths-config", join(base, "mine.yaml"))).toMatchObject({ code: 0, err: "" });
  writeFileSync(join(base, "extra_model_paths.yaml"), yaml);
  expect(await plan()).toMatchObject({ code: 0, err: "" });
});
