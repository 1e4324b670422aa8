import { type Comparison, compare } from "./compare.ts";
import type { GoldenCase } from "./goldenCase.ts";
import type { GoldenDevice } from "./goldenDevice.ts";
import { kinds } from "./kinds/index.ts";

export interface CaseResult {
  readonly name: string;
  readonly kind: string;
  readonly status: "passed" | "failed" | "skipped";
  /** The worst error over its tolerance, and where; at most 1 where it passed. */
  readonly ratio: number;
  readonly worst: string;
  /** What went wrong, or why it was skipped, or which outputs were not computed. */
  readonly notes: readonly string[];
}

/**
 * Runs one case by its kind and compares every output it expects. Never rejects: what a runner throws is a failed case. The tolerances
 * are for f32: on a device in native precision errors are shown and not judged, as long as shapes fit and numbers are numbers.
 */
export async function runCase(golden: GoldenCase, device: GoldenDevice): Promise<CaseResult> {
  const { name, kind } = golden;
  const runner = kinds.get(kind);
  const skip = runner === undefined ? "kind not built yet" : (runner.skip?.(golden) ?? null);
  if (runner === undefined || skip !== null) {
    return { name, kind, status: "skipped", ratio: 0, worst: "", notes: skip === null ? [] : [skip] };
  }
  const notes: string[] = [];
  const judged = device.precision === "fp32" || runner.onDevice !== true;
  let failed = false;
  let ratio = 0;
  let worst = "";
  const fail = (note: string) => {
    failed = true;
    notes.push(note);
  };
  try {
    const { values, notComputed = {} } = await runner.run(golden, device);
    const expected = { ...Object.fromEntries(golden.outputs), ...runner.expected?.(golden) };
    if (Object.keys(expected).length === 0) fail("the case expects no output at all");
    for (const [output, want] of Object.entries(expected)) {
      const got = values[output];
      if (got === undefined) {
        const reason = notComputed[output];
        if (reason === undefined) fail(`${output}: not computed`);
        else notes.push(`${output}: not computed: ${reason}`);
        continue;
      }
      const result: Comparison = compare(got, want, golden.tolerance(output));
      if (result.failure !== null && (judged || result.ratio === Number.POSITIVE_INFINITY))
        fail(`${output}: ${result.failure} (${result.ratio.toPrecision(3)} x tolerance)`);
      if (worst === "" || result.ratio > ratio) {
        ratio = result.ratio;
        worst = output;
      }
    }
    if (worst === "") fail("no output was compared");
  } catch (error) {
    ratio = Number.POSITIVE_INFINITY;
    fail(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  }
  if (!judged && !failed) notes.push("native precision: the error is shown, not judged");
  return { name, kind, status: failed ? "failed" : judged ? "passed" : "skipped", ratio, worst, notes };
}
