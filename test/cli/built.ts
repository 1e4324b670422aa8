import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** The repository. */
export const root = join(import.meta.dirname, "../..");
const main = join(root, "dist/cli/main.js");

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A built `weir` that runs in a process of its own, as a user's does: nothing of it is played. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when stderr holds `text`. */
  said(text: string): Promise<void>;
}

export function startBuilt(argv: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}): Running {
  if (!existsSync(main)) throw new Error("dist/ is not built: npm run build");
  const child = spawn(process.execPath, [main, ...argv], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  const waiting: { readonly text: string; readonly tell: () => void }[] = [];
  child.stdout!.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    err += text;
    for (const { text: wanted, tell } of waiting) if (err.includes(wanted)) tell();
  });
  const ended = new Promise<Ended>((resolve) => child.on("close", (code) => resolve({ code, out, err })));
  const said = (text: string) =>
    Promise.race([
      new Promise<void>((resolve) => (err.includes(text) ? resolve() : waiting.push({ text, tell: resolve }))),
      ended.then(() => {
        if (!err.includes(text)) throw new Error(`it ended without saying "${text}":\n${err}`);
      }),
    ]);
  return { child, ended, said };
}

export const runBuilt = (argv: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}) =>
  startBuilt(argv, cwd, env).ended;
