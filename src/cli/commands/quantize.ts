import { stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { parseByteSize } from "../../engine/byteSize.ts";
import { writeGgufHeader } from "../../formats/gguf/writeGgufHeader.ts";
import { openWeights } from "../../formats/openWeights.ts";
import { BLOCK_CODECS } from "../../formats/quant/blockCodecs.ts";
import type { WeightSource } from "../../formats/weightSource.ts";
import { FileError, RunFailed, RunInterrupted } from "../../library/errors.ts";
import { identify } from "../../models/registry.ts";
import { cards, findCard } from "../../planner/cards.ts";
import { formatBytes } from "../../runtime/formatBytes.ts";
import { UsageError } from "../errors.ts";
import { pullProgress } from "../pull/pullProgress.ts";
import { realWorld } from "../pull/world.ts";
import { type Assignment, assignEncodings, type Raised } from "../quantize/assignEncodings.ts";
import { chooseType } from "../quantize/chooseType.ts";
import { type EncodeTensor, type PieceResult, piecesOf } from "../quantize/encodeJob.ts";
import { AlreadyQuantised } from "../quantize/errors.ts";
import { outMetadata } from "../quantize/outMetadata.ts";
import { outPlace } from "../quantize/outPlace.ts";
import { findQuantType, QUANT_TYPES, type QuantType } from "../quantize/quantTypes.ts";
import { describeReport, type QuantizeReport } from "../quantize/report.ts";
import { runEncoder } from "../quantize/runEncoder.ts";
import type { CliContext } from "../runCli.ts";

export interface QuantizeFlags {
  readonly type: string;
  readonly vram?: string;
  readonly card?: string;
  readonly threads?: number;
  readonly overwrite?: boolean;
  readonly allowRequantize?: boolean;
  readonly json?: boolean;
}

/** A thread takes some 45 MB: these stay below the gigabyte that is promised. */
const MOST_THREADS = 16;

/**
 * `weir quantize IN OUT`: a GGUF file of another encoding. stdout: what was lost, worst first, or `--json`. The file appears under its name when
 * it is whole. Throws UsageError, FileError, the formats' errors, those of quantize/errors.ts and pull/errors.ts, RunFailed, RunInterrupted.
 */
export async function quantizeCommand(
  input: string,
  output: string,
  flags: QuantizeFlags,
  context: CliContext,
): Promise<void> {
  const { io } = context;
  const auto = flags.type.toLowerCase() === "auto";
  const named = findQuantType(flags.type);
  if (!auto && !named)
    throw new UsageError(
      `--type "${flags.type}": there is ${QUANT_TYPES.map(({ name }) => name).join(", ")}, and auto with --vram`,
    );
  const vram = vramOf(flags, auto);
  const [from, to] = [resolve(io.cwd, input), resolve(io.cwd, output)];
  await stat(from).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === "ENOENT" ? "there is no such file" : error.message;
    throw new FileError("no-such-file", `cannot read ${input}: ${why}; give a file of weights (safetensors, GGUF)`);
  });
  const place = await outPlace(from, to, flags.overwrite ?? false, { ...realWorld, ...context.pull });
  const progress = pullProgress(io);
  const stop = new AbortController();
  const unlisten = io.onInterrupt(() => stop.abort());
  const source = await openWeights(from, { fp8: "f16", exact: true });
  try {
    refuse(source, input, flags.allowRequantize ?? false, progress.line);
    const { type, raised } = named ? { type: named } : await chosen(source, vram!, flags.card, progress.line);
    const assigned = assignEncodings(source, type, raised);
    sayFallbacks(assigned, progress.line);
    const tensors = assigned.map(({ name, entry, to: encoding }) => ({ name, encoding, shape: entry.shape }));
    const layout = writeGgufHeader(await outMetadata(source, type), tensors);
    const job = assigned.map((assignment, i) => encodeTensor(assignment, layout.places[i]!.offset));
    await place.begin(layout.header, layout.fileBytes);
    const pieces = piecesOf(job);
    const results: PieceResult[] = [];
    const all = job.reduce((sum, { values }) => sum + values, 0);
    let done = 0;
    // of a file as large as this one, so that the rate is the disk's
    progress.begin(type.name, layout.fileBytes, 0);
    const written = () => Math.floor((done / all) * layout.fileBytes);
    await runEncoder(
      {
        path: from,
        identity: source.identity,
        part: place.part,
        threads: Math.min(flags.threads ?? availableParallelism(), MOST_THREADS, Math.max(1, pieces.length)),
        tensors: job,
      },
      {
        signal: stop.signal,
        onPiece(result) {
          results[result.piece] = result;
          done += pieces[result.piece]!.values;
          progress.tick(written());
        },
      },
    ).catch(async (error: unknown) => {
      throw (error as { code?: unknown }).code === "no-disk-space"
        ? await place.full(layout.fileBytes, written())
        : error;
    });
    if (stop.signal.aborted) throw new RunInterrupted();
    // what was written is a file that opens
    await (await openWeights(place.part)).close();
    await place.finish();
    progress.end();
    const report = makeReport({ path: output, type, raised, source, assigned, job, results, layout });
    io.out(flags.json ? `${JSON.stringify(report, null, 2)}\n` : describeReport(report));
  } catch (error) {
    progress.end();
    throw error;
  } finally {
    unlisten();
    await source.close();
    await place.drop();
  }
}

function vramOf({ vram, card }: QuantizeFlags, auto: boolean): number | null {
  if (!auto) {
    if (vram !== undefined || card !== undefined)
      throw new UsageError("--vram and --card belong to --type auto; a type that is named is taken as it is");
    return null;
  }
  const size = vram === undefined ? null : parseByteSize(vram);
  if (size === null || !("bytes" in size))
    throw new UsageError(
      `--type auto takes --vram with an amount of memory such as 8GB${vram ? `; got "${vram}"` : ""}`,
    );
  return size.bytes;
}

/** What should not be converted, or only knowingly. */
function refuse(source: WeightSource, input: string, allowed: boolean, say: (line: string) => void): void {
  if (source.tensors.size === 0) throw new UsageError(`${input} holds no tensors`);
  if (identify(source).kind === "lora")
    throw new UsageError(`${input} is a LoRA: it is small, and it works beside quantised weights as it is`);
  const before = [...source.tensors.values()].filter(
    ({ recoded, encoding }) => recoded !== undefined || Object.hasOwn(BLOCK_CODECS, encoding),
  );
  if (before.length === 0) return;
  const kinds = [...new Set(before.map(({ recoded, encoding }) => recoded?.format ?? encoding))].join(", ");
  if (!allowed)
    throw new AlreadyQuantised(
      `${input} is quantised already (${before.length} tensors: ${kinds}): rounding again adds to what was lost; start from the 16-bit file, or say --allow-requantize`,
    );
  say(`warning: ${input} is quantised already (${kinds}): what was lost stays lost, and the errors below are on top`);
}

/** For `--type auto`. Throws UsageError, RunFailed ("does-not-fit"). */
async function chosen(
  source: WeightSource,
  vram: number,
  cardName: string | undefined,
  say: (line: string) => void,
): Promise<{ readonly type: QuantType; readonly raised?: Raised | undefined }> {
  const card =
    cardName === undefined
      ? ([...cards].reverse().find(({ memoryBytes }) => memoryBytes >= vram) ?? cards[0]!)
      : findCard(cardName);
  if (!card)
    throw new UsageError(
      `--card "${cardName}" is not in the table; it has ${cards.map(({ name }) => name).join(", ")}`,
    );
  const { type, raised, lines } = await chooseType(source, vram, card);
  if (type === null)
    throw lines.length === 1
      ? new UsageError(`--type auto: ${lines[0]}`)
      : new RunFailed("does-not-fit", `no type runs in ${formatBytes(vram)}:`, lines);
  for (const line of lines) say(`auto: ${line}`);
  return { type, raised };
}

function sayFallbacks(assigned: readonly Assignment[], say: (line: string) => void): void {
  const fell = assigned.filter(({ fellBack }) => fellBack);
  for (const { name, to, why } of fell.slice(0, 5)) say(`note: ${name} becomes ${to}: ${why}`);
  if (fell.length > 5) say(`note: and ${fell.length - 5} more tensors, for the same reason`);
}

function encodeTensor({ name, entry, to, copy }: Assignment, offset: number): EncodeTensor {
  const { encoding: from, shape, layer } = entry;
  return {
    name: entry.name,
    from,
    to,
    copy,
    values: shape.reduce((n, size) => n * size, 1),
    columns: shape.at(-1) ?? 1,
    offset,
    ...(layer && { layer }),
    ...(entry.name !== name && { shaped: { name, shape } }),
  };
}

function makeReport({
  path,
  type,
  raised,
  source,
  assigned,
  job,
  results,
  layout,
}: {
  readonly path: string;
  readonly type: QuantType;
  readonly raised: Raised | undefined;
  readonly source: WeightSource;
  readonly assigned: readonly Assignment[];
  readonly job: readonly EncodeTensor[];
  readonly results: readonly PieceResult[];
  readonly layout: ReturnType<typeof writeGgufHeader>;
}): QuantizeReport {
  const sums = job.map(() => ({ values: 0, errors: 0, largest: 0 }));
  piecesOf(job).forEach(({ tensor }, i) => {
    const result = results[i];
    if (!result) throw new Error(`invariant: piece ${i} of ${results.length} was not made`);
    const sum = sums[tensor]!;
    sum.values += result.values;
    sum.errors += result.errors;
    sum.largest = Math.max(sum.largest, result.largest);
  });
  const relative = ({ values, errors }: { values: number; errors: number }): number =>
    errors === 0 ? 0 : Math.sqrt(errors / values);
  const tensors = assigned.map(({ name, entry, to, why }, i) => ({
    name,
    shape: entry.shape,
    from: entry.recoded?.format ?? entry.encoding,
    to,
    bytes: layout.places[i]!.bytes,
    relativeRms: relative(sums[i]!),
    largestError: sums[i]!.largest,
    why,
  }));
  return {
    path,
    type: type.name,
    ...(raised && { raised: { type: raised.type.name, tensors: raised.names.size } }),
    inputBytes: source.fileBytes,
    bytes: layout.fileBytes,
    relativeRms: relative({
      values: sums.reduce((sum, { values }) => sum + values, 0),
      errors: sums.reduce((sum, { errors }) => sum + errors, 0),
    }),
    tensors: tensors.sort((a, b) => b.relativeRms - a.relativeRms || a.name.localeCompare(b.name)),
  };
}
