import { type ChildProcessByStdio, execFile, spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { promisify } from "node:util";

const PEERS = path.join(import.meta.dirname, "..", "peers");

/** A peer that waits for a line and answers with one. */
export interface Peer {
  /** Its first line: what it is. */
  readonly about: Readonly<Record<string, unknown>>;
  /** Milliseconds of a step of that kind. */
  step(kind: string): Promise<number>;
  close(): void;
}

/** Installs the peers' packages, unless these very ones are there. Returns the Python to run. Throws what pip says. */
export async function installPeers(say: (text: string) => void): Promise<string> {
  const folder = path.join(tmpdir(), "weir-bench-peers", "venv");
  const python = path.join(folder, ...(process.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"]));
  const done = path.join(folder, "installed");
  const requirements = path.join(PEERS, "requirements.txt");
  const wanted = await readFile(requirements, "utf8");
  if ((await readFile(done, "utf8").catch(() => "")) === wanted) return python;
  const run = promisify(execFile);
  say(`installing PyTorch and diffusers into ${folder} (about 6 GB)`);
  await run(process.platform === "win32" ? "python" : "python3", ["-m", "venv", folder]);
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
  await run(python, [...pip, requirements], { maxBuffer: 2 ** 26 });
  await writeFile(done, wanted);
  return python;
}

/** Starts a peer's script and waits for its first line. */
export async function startPeer(python: string, script: string, args: readonly string[]): Promise<Peer> {
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(python, [path.join(PEERS, script), ...args], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<Record<string, unknown>> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${script} ended`);
    return JSON.parse(value) as Record<string, unknown>;
  };
  return {
    about: await answer(),
    async step(kind) {
      child.stdin.write(`${kind}\n`);
      return Number((await answer())["ms"]);
    },
    close: () => void child.stdin.end(),
  };
}
