import type { Side } from "./pairs.ts";

/** A side that also notes the processor time of this process, in milliseconds, each time it runs. */
export function cpuTime(side: Side, into: number[]): Side {
  return async () => {
    const before = process.cpuUsage();
    const cost = await side();
    const { user, system } = process.cpuUsage(before);
    into.push((user + system) / 1000);
    return cost;
  };
}
