import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import type { Bench, Figure } from "../bench.ts";
import { atMost, showInterval } from "../support/format.ts";
import { interval } from "../support/interval.ts";
import { rounds } from "../support/pairs.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");
const CLI = path.join(ROOT, "dist", "cli", "main.js");
const WORKFLOW = path.join(ROOT, "demo", "klein.json");

/** How long a person waits for the first line. */
export const startup: Bench = async ({ folder, full, device }) => {
  if (!existsSync(CLI)) throw new Error("dist/ is not there; run `npm run build` first");
  const commands: Record<string, readonly string[]> = {
    node: ["-p", "1"],
    "--version": [CLI, "--version"],
    "--help": [CLI, "--help"],
  };
  if (existsSync(WORKFLOW))
    commands["run"] = [
      ...[CLI, "run", WORKFLOW, "-o", path.join(folder, "picture.png"), "--device", device],
      ...["--base-directory", path.dirname(WORKFLOW)],
    ];
  const sides = Object.fromEntries(
    Object.entries(commands).map(([name, argv]) => [name, () => firstByte(argv, folder)]),
  );
  const costs = await rounds(full ? 61 : 21, sides);
  const node = interval(costs["node"]!).median;
  return Object.keys(commands)
    .filter((name) => name !== "node")
    .map((name): Figure => {
      const ms = interval(costs[name]!);
      return {
        what: `start-up: first line of weir ${name}`,
        value: showInterval(ms, " ms"),
        goal: "<= 150 ms",
        wall: true,
        verdict: atMost(ms.median, 150),
        note: `fastest ${Math.min(...costs[name]!).toFixed(0)} ms; Node alone ${node.toFixed(0)} ms, fastest ${Math.min(...costs["node"]!).toFixed(0)} ms`,
      };
    });
};

/** Milliseconds to the first byte on stdout or stderr; the process is ended then. */
function firstByte(argv: readonly string[], cwd: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(process.execPath, argv, { cwd, stdio: ["ignore", "pipe", "pipe"] });
    let ms: number | undefined;
    const seen = () => {
      ms ??= performance.now() - start;
      child.kill("SIGTERM");
    };
    child.stdout.once("data", seen);
    child.stderr.once("data", seen);
    child.on("error", reject);
    child.on("close", () => (ms === undefined ? reject(new Error(`${argv.join(" ")} printed nothing`)) : resolve(ms)));
  });
}
