import { expect, test } from "vitest";
import { shareRam } from "./shareRam.ts";

test.each([
  ["nobody on the CPU", { total: 10, cpu: 0, streams: 20, cpuRuns: false }, { copies: 10, freeCpu: false }],
  ["beside each other", { total: 10, cpu: 4, streams: 6, cpuRuns: false }, { copies: 6, freeCpu: false }],
  ["the CPU computes", { total: 10, cpu: 4, streams: 20, cpuRuns: true }, { copies: 6, freeCpu: false }],
  ["copies save reads in every pass", { total: 10, cpu: 4, streams: 7, cpuRuns: false }, { copies: 6, freeCpu: true }],
  ["the CPU has it all", { total: 10, cpu: 12, streams: 0, cpuRuns: false }, { copies: 0, freeCpu: false }],
] as const)("%s", (_, shares, shared) => expect(shareRam(shares)).toEqual(shared));
