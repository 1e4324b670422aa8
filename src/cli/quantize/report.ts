import { formatBytes } from "../../runtime/formatBytes.ts";

/** A tensor of the file that was written. */
export interface TensorReport {
  readonly name: string;
  readonly shape: readonly number[];
  readonly from: string;
  readonly to: string;
  readonly bytes: number;
  /** Root of the mean square of what was lost, over that of the values; 0 where nothing was. */
  readonly relativeRms: number;
  /** The largest error of one value. */
  readonly largestError: number;
  /** Why it is not of the type that was asked for. */
  readonly why: string | null;
}

/** What `--json` prints. */
export interface QuantizeReport {
  readonly path: string;
  readonly type: string;
  /** A larger type, and how many tensors have it: `--type auto`. */
  readonly raised?: { readonly type: string; readonly tensors: number };
  readonly inputBytes: number;
  readonly bytes: number;
  /** Over all values of all tensors. */
  readonly relativeRms: number;
  /** Worst first. */
  readonly tensors: readonly TensorReport[];
}

/** Lines of the table: the rest is in `--json`. */
const SHOWN = 20;

/** For people. */
export function describeReport(report: QuantizeReport): string {
  const { path, type, raised, inputBytes, bytes, relativeRms, tensors } = report;
  const types = raised ? `${raised.type} (${raised.tensors} tensors) and ${type}` : type;
  const share = `${((100 * bytes) / Math.max(1, inputBytes)).toFixed(0)}%`;
  const lines = [
    `${path}: ${types}, ${formatBytes(bytes)} (${share} of ${formatBytes(inputBytes)}), ${relativeRms === 0 ? "nothing is lost" : `error ${percent(relativeRms)} of the weights' RMS`}`,
  ];
  const lost = tensors.filter((tensor) => tensor.relativeRms > 0);
  const rows = lost.slice(0, SHOWN).map((tensor) => [percent(tensor.relativeRms), tensor.to, tensor.name]);
  if (rows.length > 0) lines.push("error, worst first:");
  const width = Math.max(0, ...rows.map(([error]) => error!.length));
  for (const [error, to, name] of rows) lines.push(`  ${error!.padStart(width)}  ${to!.padEnd(6)}  ${name}`);
  if (lost.length > SHOWN) lines.push(`  and ${lost.length - SHOWN} more (--json has them all)`);
  const exact = tensors.length - lost.length;
  if (exact > 0) lines.push(`  ${exact} ${exact === 1 ? "tensor loses" : "tensors lose"} nothing`);
  return `${lines.join("\n")}\n`;
}

const percent = (share: number): string => `${(100 * share).toPrecision(3)}%`;
