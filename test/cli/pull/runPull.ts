import type { Io } from "../../../src/cli/io.ts";
import type { PullWorld } from "../../../src/cli/pull/world.ts";
import { runCli } from "../../../src/cli/runCli.ts";

export interface Pulled {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** What was waited between tries, ms. */
  readonly waits: readonly number[];
}

export interface PullOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly world?: Partial<PullWorld>;
  readonly terminal?: boolean;
  readonly now?: () => number;
  /** Given the way to press Ctrl-C. */
  readonly ready?: (press: () => void) => void;
}

/** Runs `weir pull ...` with streams as strings; waits between tries take no time. HOME is the folder, so that no token of ours is found. */
export async function runPull(argv: readonly string[], options: PullOptions): Promise<Pulled> {
  let out = "";
  let err = "";
  const waits: number[] = [];
  const listeners = new Set<() => void>();
  let clock = 0;
  const io: Io = {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    terminal: options.terminal ?? false,
    columns: () => 80,
    env: { HOME: options.cwd, ...options.env },
    cwd: options.cwd,
    now: options.now ?? (() => clock++),
    onInterrupt(see) {
      listeners.add(see);
      return () => void listeners.delete(see);
    },
  };
  options.ready?.(() => {
    for (const see of listeners) see();
  });
  const pull: Partial<PullWorld> = {
    sleep: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
    ...options.world,
  };
  const code = await runCli(["pull", ...argv], { io, pull });
  return { code, out, err, waits };
}
