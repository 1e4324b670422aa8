import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../built.ts";
import { runPull } from "./runPull.ts";
import { type StandInFile, StandInHub, sha256 } from "./standInHub.ts";

test("a process that is killed leaves a part and its lock; the next one takes both over and goes on", async () => {
  const file: StandInFile = { path: "vae/x.safetensors", content: randomBytes(4 * 2 ** 20) };
  const hub = await StandInHub.start();
  hub.repos.set("a/b", [file]);
  hub.faults.push({ stallAfter: 3 * 2 ** 20 });
  const cwd = mkdtempSync(join(tmpdir(), "weir-pull-"));
  const folder = join(cwd, "models/vae");
  const part = `x.safetensors.${sha256(file.content).slice(0, 16)}.part`;
  try {
    const main = join(root, "src/cli/main.ts");
    const jiti = import.meta.resolve("jiti/register");
    const child = spawn(process.execPath, ["--import", jiti, main, "pull", "a/b"], {
      cwd,
      env: { ...process.env, HOME: cwd, HF_ENDPOINT: hub.endpoint, NO_PROXY: "*" },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
    const ended = new Promise<void>((resolve) => child.on("exit", () => resolve()));
    const size = () => statSync(join(folder, part), { throwIfNoEntry: false })?.size ?? 0;
    while (size() < 2 ** 20 && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(child.exitCode, said).toBe(null);
    child.kill("SIGKILL");
    await ended;
    expect(readdirSync(folder).sort()).toEqual([part, `${part}.lock`]);
    const kept = size();

    const { code, out, err } = await runPull(["a/b"], { cwd, env: { HF_ENDPOINT: hub.endpoint } });
    expect({ code, out }).toEqual({ code: 0, out: "models/vae/x.safetensors\n" });
    expect(err).toContain("going on after");
    expect(hub.at("cdn").at(-1)!.headers.range).toBe(`bytes=${kept}-`);
    expect(readdirSync(folder)).toEqual(["x.safetensors"]);
    expect(readFileSync(join(folder, "x.safetensors")).equals(file.content)).toBe(true);
  } finally {
    await hub.stop();
    rmSync(cwd, { recursive: true });
  }
});
