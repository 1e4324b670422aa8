import { fork } from "node:child_process";
import type { Readable } from "node:stream";
import { RunFailed, RunInterrupted } from "../../library/errors.ts";
import type { EncodeJob, EncodeMessage, PieceResult } from "./encodeJob.ts";
import { EncoderDied } from "./errors.ts";

export interface EncoderHooks {
  readonly signal: AbortSignal;
  readonly onPiece: (result: PieceResult) => void;
  /** Another file to fork, for tests. */
  readonly entry?: URL;
}

/** Kept of what the process says and of where it was. */
const LAST = 4096;

/**
 * Encodes in a process of its own, and waits for it. Throws what went wrong there (`RunFailed`, with its code), RunInterrupted when `signal`
 * says so, EncoderDied where the process ended by itself: with the tensors that were being encoded.
 */
export async function runEncoder(job: EncodeJob, { signal, onPiece, entry = ownEntry() }: EncoderHooks): Promise<void> {
  if (signal.aborted) throw new RunInterrupted();
  const child = fork(entry, [], {
    execArgv: entry.pathname.endsWith(".ts") ? ["--import", "jiti/register"] : [],
    env: { ...process.env, GGML_NO_BACKTRACE: process.env["GGML_NO_BACKTRACE"] ?? "1" },
    stdio: ["ignore", "ignore", "pipe", "ipc", "pipe"],
  });
  const said = tail(child.stderr);
  const crumbs = tail(child.stdio[4] as Readable);
  const kill = () => void child.kill("SIGKILL");
  signal.addEventListener("abort", kill);
  let failure: { readonly code: string | null; readonly message: string } | undefined;
  let done = false;
  try {
    const [code, end] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (...how) => resolve(how));
      child.on("message", (message: EncodeMessage) => {
        if (message.kind === "piece") onPiece(message.result);
        else if (message.kind === "done") done = true;
        else failure = message;
      });
      child.send(job);
    });
    if (signal.aborted) throw new RunInterrupted();
    if (failure?.code != null) throw new RunFailed(failure.code, failure.message, []);
    if (failure) throw new Error(failure.message);
    if (!done) throw died(code, end, crumbs(), said());
  } finally {
    signal.removeEventListener("abort", kill);
    kill();
  }
}

function died(code: number | null, end: NodeJS.Signals | null, crumbs: string, said: string): EncoderDied {
  const names = [...new Set(crumbs.trimEnd().split("\n").slice(-4))].filter((name) => name !== "");
  const how = end === null ? `ended with code ${code}` : `was ended by ${end}`;
  const where = names.length === 0 ? "before it encoded anything" : `while it was at ${names.join(", ")}`;
  const next =
    end === "SIGKILL"
      ? "the system ends processes that take too much memory: try fewer --threads"
      : "no file was written; try another --type, and tell us which file it was";
  return new EncoderDied(
    `the process that encodes ${how} ${where}: ${next}`,
    said
      .split("\n")
      .filter((line) => line !== "")
      .slice(-10),
  );
}

/** The last bytes of a stream. */
function tail(stream: Readable | null): () => string {
  let text = "";
  stream?.setEncoding("utf8").on("data", (more: string) => {
    text = (text + more).slice(-LAST);
  });
  return () => text;
}

const ownEntry = (): URL =>
  new URL(import.meta.url.endsWith(".ts") ? "./encodeMain.ts" : "./encodeMain.js", import.meta.url);
