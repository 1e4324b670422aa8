import { formatBytes } from "../runtime/formatBytes.ts";
import type { RunStats } from "../runtime/runtime.ts";

/**
 * The one line with which a run ends: bytes moved, why, share of the bound, peak of the budget. The bound: a steady pass (any but a run's
 * first) must move the model less what the plan pins, M - R; the share is the sum of those over what did move. Where a device has memory of
 * its own, also what was read from files, and what is not in use but kept so that it need not be loaded again.
 */
export function runLine(stats: RunStats): string {
  const { counters, vram, ram, residency } = stats;
  const reasons = Object.entries(counters.movedBytesByReason)
    .filter(([, bytes]) => bytes > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, bytes]) => `${reason} ${formatBytes(bytes)}`);
  const why = reasons.length > 0 ? ` (${reasons.join(", ")})` : "";
  return [
    `moved ${formatBytes(counters.movedBytes)}${why}`,
    describeBound(stats),
    `peak ${formatBytes(vram.peak)} of ${formatBytes(vram.budget)} VRAM`,
    ...(ram === undefined
      ? []
      : [
          `read ${formatBytes(counters.readBytes)} from disk`,
          `kept for reload ${formatBytes(residency.residentBytes)} in VRAM, ${formatBytes(ram.cached)} in RAM`,
        ]),
    ...(stats.others ?? []).map(besides),
  ].join("; ");
}

/** Where a workflow puts a model beside the device: what moved there, and what of the machine's memory it took. */
const besides = ({ device, counters, vram }: RunStats): string =>
  `on ${device.id} beside it: moved ${formatBytes(counters.movedBytes)}, peak ${formatBytes(vram.peak)} of ${formatBytes(vram.budget)} RAM`;

function describeBound({ passes }: RunStats): string {
  const steady = passes.filter((pass) => pass.index > 0);
  const moved = steady.reduce((sum, pass) => sum + pass.movedBytes, 0);
  const bound = steady.reduce((sum, pass) => sum + pass.modelBytes - pass.pinnedBytes, 0);
  if (moved === 0) return "steady passes moved nothing";
  return `${((100 * bound) / moved).toFixed(1)} % of the bound`;
}
