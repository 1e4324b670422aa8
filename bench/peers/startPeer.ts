import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** Bytes that a process used, by Linux's own counters; null elsewhere. */
export interface Usage {
  /** The largest resident set. */
  readonly peak: number | null;
  /** The resident set as it is. */
  readonly now: number | null;
  /** Brought by read calls. */
  readonly read: number | null;
  /** Delivered by storage, mappings included. */
  readonly disk: number | null;
}

export interface StepCost {
  readonly ms: number;
  /** Of all threads of the process. */
  readonly cpuMs: number;
  /** When the first pass of this command ended, in milliseconds since 1970. */
  readonly at: number;
}

/** A process that waits for a line and answers with one: protocol.py. */
export interface Peer {
  readonly about: { readonly name: string; readonly on: string; readonly note?: string };
  step(): Promise<StepCost>;
  usage(): Promise<Usage>;
  /** Writes the last step's output as float32. */
  output(file: string): Promise<void>;
  /** Returns when the process has ended: it may hold files of the scratch folder. */
  close(): Promise<void>;
}

/** Starts one and waits for its first line. Throws with the last lines of its stderr if it ends before. */
export async function startPeer(command: string, args: readonly string[]): Promise<Peer> {
  const child = spawn(command, args, {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, UV_THREADPOOL_SIZE: "16", HF_HUB_OFFLINE: "1" },
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors = (errors + text).slice(-4000);
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  child.once("error", (error) => {
    errors += String(error);
  });
  // A peer that died takes no lines.
  child.stdin.on("error", () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<unknown> => {
    const { value, done } = await lines.next();
    if (!done) return JSON.parse(value) as unknown;
    await ended;
    throw new Error(errors.trim().split("\n").slice(-3).join(" / ") || `${command} ended`);
  };
  const ask = (line: string): Promise<unknown> => {
    child.stdin.write(`${line}\n`);
    return answer();
  };
  return {
    about: (await answer()) as Peer["about"],
    step: async () => (await ask("step")) as StepCost,
    usage: async () => (await ask("usage")) as Usage,
    output: async (file) => void (await ask(`output ${file}`)),
    close: () => {
      child.stdin.end();
      return ended;
    },
  };
}
