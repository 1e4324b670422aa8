import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describeExit } from "./describeExit.ts";
import { LastLines } from "./lastLines.ts";
import type { ProbeReport } from "./probe.ts";

/** A driver that hangs is a finding, too. */
const PROBE_MS = 60_000;

/** Hides every GPU from the compute library, before it asks a driver anything. */
const NO_GPU = {
  VK_LOADER_DRIVERS_DISABLE: "*",
  VK_DRIVER_FILES: "/",
  VK_ICD_FILENAMES: "/",
  CUDA_VISIBLE_DEVICES: "",
};

export interface Probed {
  readonly report: ProbeReport | null;
  /** How the process ended when it did so before it could tell, and what it said last. */
  readonly death: { readonly how: string; readonly output: readonly string[] } | null;
  /** After a death, the same without any GPU: whether that is what killed it. */
  readonly withoutGpu: ProbeReport | null;
}

export interface ProbeOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly device?: string;
  /** The built entry file; by default the one beside this file. */
  readonly entry?: string;
}

/** What an engine would find on this machine, asked in a process of its own: a driver that crashes costs an answer and nothing else. */
export async function probeDevices(options: ProbeOptions): Promise<Probed> {
  const first = await ask(options);
  if (first.report) return { ...first, withoutGpu: null };
  const { report } = await ask({ ...options, env: { ...options.env, ...NO_GPU } });
  return { ...first, withoutGpu: report };
}

function ask({ env, device, entry }: ProbeOptions): Promise<Omit<Probed, "withoutGpu">> {
  const child = fork(entry ?? fileURLToPath(new URL("./probeMain.js", import.meta.url)), [], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    serialization: "advanced",
    env: { GGML_NO_BACKTRACE: "1", ...env } as NodeJS.ProcessEnv,
    execArgv: [],
  });
  const output = new LastLines();
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => output.add(text));
  return new Promise((resolve) => {
    let report: ProbeReport | null = null;
    let hung = false;
    const timer = setTimeout(() => {
      hung = true;
      child.kill("SIGKILL");
    }, PROBE_MS);
    const end = (how: string) => {
      clearTimeout(timer);
      resolve({ report, death: report ? null : { how, output: output.lines() } });
    };
    child.on("message", (message) => {
      report = message as ProbeReport;
    });
    child.on("error", (error) => end(error.message));
    child.on("close", (code, signal) =>
      end(hung ? `it did not answer within ${PROBE_MS / 1000} s` : describeExit(code, signal)),
    );
    child.send({ ...(device === undefined ? {} : { device }) });
  });
}
