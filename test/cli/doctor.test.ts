import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { probeDevices } from "../../src/engine/probeDevices.ts";
import { root, runBuilt } from "./built.ts";

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "weir-doctor-"));
});
afterEach(() => rmSync(cwd, { recursive: true }));

test("this machine: the library, the CPU, the demo's models; as text and as one object", async () => {
  const base = ["--base-directory", join(root, "demo"), "--device", "cpu"];
  const { code, out, err } = await runBuilt(["doctor", ...base], cwd);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toContain("ggml 0.23.0 (5b4ebc5)");
  expect(out).toContain("cpu: --device cpu names it");
  expect(out).toContain("weir-demo-dit.safetensors (13.0 MB)");
  const json = JSON.parse((await runBuilt(["doctor", ...base, "--json"], cwd)).out);
  expect(json.probed.report.chosen.id).toBe("cpu");
  expect(json.problems.filter((problem: { fatal: boolean }) => problem.fatal)).toEqual([]);
});

test("no library: exit 1, with what helps; a device that is not there: exit 2", async () => {
  const missing = await runBuilt(["doctor"], cwd, { WEIR_GGML_DIR: join(cwd, "nothing") });
  expect(missing.code).toBe(1);
  expect(missing.out).toMatch(/error: WEIR_GGML_DIR is .*\n\s+correct WEIR_GGML_DIR/);
  expect((await runBuilt(["doctor", "--device", "tpu"], cwd)).code).toBe(2);
});

test("a library that is no library is an error, not an end", async () => {
  for (const name of ["libggml-base.so", "libggml.so", "libggml-cpu.so"])
    writeFileSync(join(cwd, name), "not a library");
  const { code, out } = await runBuilt(["doctor"], cwd, { WEIR_GGML_DIR: cwd });
  expect(code).toBe(1);
  expect(out).toContain("could not be loaded");
});

test("a native crash while it looks: how it ended, what it said, and the second look without a GPU", async () => {
  const entry = join(cwd, "dies.mjs");
  // A driver that aborts unless it is hidden.
  writeFileSync(
    entry,
    `process.on("message", () => {
       if (process.env.VK_LOADER_DRIVERS_DISABLE === undefined) { process.stderr.write("driver: lost\\n", () => process.abort()); return; }
       process.send({ library: null, devices: [], chosen: null, warnings: [], error: null }, () => process.disconnect());
     });`,
  );
  const probed = await probeDevices({ env: process.env, entry });
  expect(probed.report).toBeNull();
  expect(probed.death?.how).toContain("SIGABRT");
  expect(probed.death?.output).toContain("driver: lost");
  expect(probed.withoutGpu).toMatchObject({ devices: [] });
});
