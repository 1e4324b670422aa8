import { availableParallelism } from "node:os";
import { quantisedSource } from "../../src/formats/quant/checkpoint/quantisedSource.ts";
import { DEFAULT_QUANT } from "../../src/formats/quant/checkpoint/quantOptions.ts";
import { createRecodePool } from "../../src/formats/quant/checkpoint/recodePool.ts";
import { recodeRows } from "../../src/formats/quant/checkpoint/recodeRows.ts";
import type { WeightSource } from "../../src/formats/weightSource.ts";
import type { Bench, Figure } from "../bench.ts";
import { LARGE } from "../quant/forms.ts";
import { stepForms } from "../quant/stepForms.ts";
import { atLeast, showInterval } from "../support/format.ts";
import { interval } from "../support/interval.ts";
import { kleinShapes } from "../support/kleinShapes.ts";
import { MID } from "../support/midModel.ts";
import { openDevice } from "../support/openDevice.ts";
import { ratios, rounds } from "../support/pairs.ts";

const [ROWS, COLUMNS] = [4096, 4096];
const BYTES = ROWS * COLUMNS;
/** Bytes of the file a second, of a core. Source: reference/ggml.md. */
const PLAIN_RATE = 0.27e9;
/** A piece as `quantisedSource` cuts them. */
const PIECE = 240;

/** What quantised files cost: steps over bf16's, and the rate at which threads re-encode e4m3 into Q8_0. */
export const quant: Bench = async ({ folder, device, threads, full, say }) => {
  const codes = Uint8Array.from({ length: BYTES }, (_, i) => (Math.imul(i + 1, 0x9e3779b1) >>> 24) & 0xbf);
  const source: WeightSource = {
    path: "memory",
    identity: "memory",
    fileBytes: BYTES,
    metadata: {},
    tensors: new Map([["w", { name: "w", encoding: "F8_E4M3", shape: [ROWS, COLUMNS], offset: 0, bytes: BYTES }]]),
    read: async (_, offset, into) => into.set(codes.subarray(offset, offset + into.length)),
    close: async () => {},
  };
  const count = availableParallelism();
  const pool = createRecodePool(count);
  const pooled = await quantisedSource(source, DEFAULT_QUANT, () => pool);
  const into = new Uint8Array((BYTES / 32) * 34);
  const spec = {
    stored: { kind: "fp8", code: "F8_E4M3", data: "w" },
    to: "Q8_0",
    rows: ROWS,
    columns: COLUMNS,
    storedColumns: COLUMNS,
  } as const;
  const seconds = async (work: () => void | Promise<void>): Promise<number> => {
    const start = performance.now();
    await work();
    return (performance.now() - start) / 1000;
  };
  const costs = await rounds(full ? 31 : 11, {
    one: () =>
      seconds(() => {
        for (let first = 0; first < ROWS; first += PIECE) {
          const rows = Math.min(PIECE, ROWS - first);
          const out = into.subarray((first * COLUMNS * 34) / 32, ((first + rows) * COLUMNS * 34) / 32);
          recodeRows(spec, [codes.subarray(first * COLUMNS, (first + rows) * COLUMNS)], first, rows, out);
        }
      }),
    threads: () => seconds(() => pooled.read("w", 0, into)),
  });
  await pool.close();
  const shares = (rates: readonly number[]) => interval(rates.map((rate) => rate / count));
  const known = shares(costs.threads.map((cost) => BYTES / cost / PLAIN_RATE));
  const own = shares(ratios(costs.one, costs.threads));
  const rate = (times: readonly number[]) => `${(BYTES / 1e9 / Math.min(...times)).toFixed(2)} GB/s`;
  const figures: Figure[] = [
    {
      what: `re-encoding e4m3 as Q8_0 on ${count} thread(s), a thread's rate over the 0.27 GB/s of plain loops on a core`,
      value: showInterval(known),
      goal: ">= 0.8",
      verdict: atLeast(known.median, 0.8),
      wall: true,
      note: `over what one core alone makes now: ${showInterval(own)}; fastest: one core ${rate(costs.one)}, threads ${rate(costs.threads)}, which share it with what reads and copies`,
    },
  ];
  const open: Parameters<typeof stepForms>[3] = (options) => openDevice({ device, threads }, options);
  for (const { form, bytes, fileBytes, step } of await stepForms(folder, MID, full ? 15 : 7, open, say))
    figures.push({
      what: `step in ${form.label} over bf16's (${MID.name})`,
      value: showInterval(step),
      wall: true,
      note: `${(bytes / 1e6).toFixed(1)} MB in VRAM, ${(fileBytes / 1e6).toFixed(1)} MB in the file`,
    });
  if (full) figures.push(...(await largeModel(folder, open, say)));
  return figures;
};

/** klein's blocks in 0.86 GB: what each form takes, what a pass moves where 30 % may stay, and what both cost. About ten minutes on two cores. */
async function largeModel(folder: string, open: Parameters<typeof stepForms>[3], say: (text: string) => void) {
  const large = { sizes: kleinShapes(false), shape: MID.shape };
  const measured = await stepForms(folder, large, 7, open, say, { forms: LARGE, share: 0.3 });
  const mb = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
  return measured.map(
    ({ form, bytes, fileBytes, step, streamed, loadGBs }): Figure => ({
      what: `0.86 GB, step in ${form.label} over bf16's`,
      value: showInterval(step),
      wall: true,
      note: `${mb(bytes)} in VRAM, ${mb(fileBytes)} in the file, loaded at ${loadGBs.toFixed(2)} GB/s; at 30 % a pass moves ${mb(streamed!.passBytes)} and takes ${streamed!.step.toFixed(2)} of bf16's that is resident`,
    }),
  );
}
