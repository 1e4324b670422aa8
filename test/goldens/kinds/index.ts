import type { KindRunner } from "../kindRunner.ts";
import { rngDefaultNoiseSampler } from "./rngDefaultNoiseSampler.ts";
import { rngGenerator } from "./rngGenerator.ts";
import { rngNoiseInds } from "./rngNoiseInds.ts";
import { rngSequence } from "./rngSequence.ts";
import { samplersRun } from "./samplersRun.ts";
import { schedulesFlux2Scheduler } from "./schedulesFlux2Scheduler.ts";
import { schedulesSchedulers } from "./schedulesSchedulers.ts";
import { schedulesTables } from "./schedulesTables.ts";

/** The kinds that are built, by the name cases give them. What is not here is skipped, and listed as such. */
export const kinds: ReadonlyMap<string, KindRunner> = new Map(
  [
    rngDefaultNoiseSampler,
    rngGenerator,
    rngNoiseInds,
    rngSequence,
    samplersRun,
    schedulesFlux2Scheduler,
    schedulesSchedulers,
    schedulesTables,
  ].map((runner) => [runner.kind, runner]),
);
