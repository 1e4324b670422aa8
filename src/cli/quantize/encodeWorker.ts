import { writeSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { parentPort, workerData } from "node:worker_threads";
import { FileChanged } from "../../formats/errors.ts";
import { openWeights } from "../../formats/openWeights.ts";
import { systemFact } from "../../formats/systemFact.ts";
import type { WeightSource } from "../../formats/weightSource.ts";
import { openQuantizer, type Quantizer } from "../../ggml/openQuantizer.ts";
import { type EncodeJob, type EncodeMessage, piecesOf } from "./encodeJob.ts";
import { encodePiece } from "./encodePiece.ts";

/** What a thread is given. `next`: the piece that nobody has taken yet; all threads count it. */
export interface WorkerInput {
  readonly job: EncodeJob;
  readonly next: SharedArrayBuffer;
  /** A pipe to the command line. */
  readonly crumbs: number;
}

const { job, next, crumbs } = workerData as WorkerInput;
const say = (message: EncodeMessage): void => parentPort!.postMessage(message);

try {
  // exact values: what is rounded is rounded once, here
  const source = await openWeights(job.path, { fp8: "f16", exact: true });
  try {
    if (source.identity !== job.identity)
      throw new FileChanged(job.path, "was changed or replaced since its header was read");
    const part = await open(job.part, "r+");
    try {
      await encodePieces(source, part);
    } finally {
      await part.close();
    }
  } finally {
    await source.close();
  }
} catch (error) {
  const { code } = error as { code?: unknown };
  const full = code === "ENOSPC" || code === "EDQUOT";
  const failed = error instanceof Error && "syscall" in error;
  say({
    kind: "failed",
    code: full ? "no-disk-space" : failed ? "write-failed" : typeof code === "string" ? code : null,
    message: failed ? `${job.part}: ${systemFact(error)}` : error instanceof Error ? error.message : String(error),
  });
}

async function encodePieces(source: WeightSource, part: FileHandle): Promise<void> {
  // not before it is needed: other encodings work without the library
  let quantizer: Quantizer | undefined;
  let last = "";
  const tools = {
    source,
    part,
    quantize: ((...args) => (quantizer ??= openQuantizer())(...args)) as Quantizer,
    crumb(name: string) {
      if (name !== last) writeSync(crumbs, `${JSON.stringify(name)}\n`);
      last = name;
    },
  };
  const pieces = piecesOf(job.tensors);
  const counter = new Int32Array(next);
  for (let i = Atomics.add(counter, 0, 1); i < pieces.length; i = Atomics.add(counter, 0, 1)) {
    const piece = pieces[i]!;
    say({ kind: "piece", result: { piece: i, ...(await encodePiece(tools, job.tensors[piece.tensor]!, piece)) } });
  }
}
