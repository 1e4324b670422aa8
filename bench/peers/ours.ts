import { readFile, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { openSafetensors } from "../../src/formats/safetensors.ts";
import { flux2Inputs, openFlux2 } from "../../src/models/flux2/index.ts";
import { openDevice } from "../support/openDevice.ts";
import type { PeerJob } from "./peerJob.ts";

/**
 * Our side of the comparison, in a process of its own, by the lines of protocol.py. Modes: "resident": room for everything; "limit": `--vram-weights`
 * at the job's share.
 */
const job = JSON.parse(process.argv[2]!) as PeerJob;
const { height, width, textTokens, threads } = job;
const runtime = await openDevice(
  { device: "cpu", threads },
  job.mode === "limit" ? { vramWeights: { share: job.share } } : {},
);
const model = openFlux2(await openSafetensors(job.file));
const shape = { batch: 1, height, width, textTokens };
const run = await runtime.load(model).begin([model.pass(shape)], { repeat: "unknown" });
const x = Float32Array.from({ length: 128 * height * width }, (_, i) => Math.sin(i));
const context = Float32Array.from({ length: textTokens * model.dims.context }, (_, i) => Math.cos(i));
const values = flux2Inputs(model.dims, shape, { x, context, sigma: [0.7] });
let output: Float32Array = new Float32Array();

const answer = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`);
answer({ name: "Weir", on: runtime.device.description, before: await usage() });
for await (const line of createInterface({ input: process.stdin })) {
  const [command, file] = line.split(" ");
  if (command === "step") {
    const [start, before] = [performance.now(), process.cpuUsage()];
    const [outputs] = await run.pass([values]);
    const { user, system } = process.cpuUsage(before);
    output = outputs!["out"]!;
    answer({ ms: performance.now() - start, cpuMs: (user + system) / 1000, at: Date.now() });
    if (!output.every(Number.isFinite)) throw new Error("the output is not finite");
  } else if (command === "usage") answer(await usage());
  else if (command === "output") {
    await writeFile(file!, new Uint8Array(output.buffer, output.byteOffset, output.byteLength));
    answer({});
  }
}
run.end();
await runtime.close();

/** As protocol.py's. */
async function usage(): Promise<object> {
  const field = async (path: string, name: string): Promise<number | null> => {
    const text = await readFile(path, "utf8").catch(() => "");
    const found = new RegExp(`^${name}\\s+(\\d+)`, "m").exec(text);
    return found ? Number(found[1]) : null;
  };
  const kilobytes = async (name: string) => {
    const value = await field("/proc/self/status", name);
    return value === null ? null : 1024 * value;
  };
  return {
    peak: await kilobytes("VmHWM:"),
    now: await kilobytes("VmRSS:"),
    read: await field("/proc/self/io", "rchar:"),
    disk: await field("/proc/self/io", "read_bytes:"),
  };
}
