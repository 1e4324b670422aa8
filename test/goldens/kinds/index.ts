import type { KindRunner } from "../kindRunner.ts";
import { demoKlein } from "./demoKlein.ts";
import { demoLora } from "./demoLora.ts";
import { demoVae } from "./demoVae.ts";
import { e2eKlein } from "./e2eKlein.ts";
import { flux2Adapters } from "./flux2Adapters.ts";
import { flux2Forward } from "./flux2Forward.ts";
import { flux2Lora } from "./flux2Lora.ts";
import { flux2Sample } from "./flux2Sample.ts";
import { nodesLoadImage } from "./nodesLoadImage.ts";
import { nodesRun } from "./nodesRun.ts";
import { nodesSampledConditioning } from "./nodesSampledConditioning.ts";
import { nodesSaveImage } from "./nodesSaveImage.ts";
import { quantCheckpoint, quantQuanto } from "./quantCheckpoint.ts";
import { quantFp8Tables } from "./quantFp8Tables.ts";
import { quantGgufFile } from "./quantGgufFile.ts";
import { quantGgufType } from "./quantGgufType.ts";
import { quantRound } from "./quantRound.ts";
import { quantWiden } from "./quantWiden.ts";
import { rngBrownianTree } from "./rngBrownianTree.ts";
import { rngDefaultNoiseSampler } from "./rngDefaultNoiseSampler.ts";
import { rngGenerator } from "./rngGenerator.ts";
import { rngNoiseInds } from "./rngNoiseInds.ts";
import { rngSeedSequence } from "./rngSeedSequence.ts";
import { rngSequence } from "./rngSequence.ts";
import { samplersRun } from "./samplersRun.ts";
import { schedulesFlux2Scheduler } from "./schedulesFlux2Scheduler.ts";
import { schedulesSchedulers } from "./schedulesSchedulers.ts";
import { schedulesSdTurbo } from "./schedulesSdTurbo.ts";
import { schedulesShiftNodes } from "./schedulesShiftNodes.ts";
import { schedulesSigmaNodes } from "./schedulesSigmaNodes.ts";
import { schedulesTables } from "./schedulesTables.ts";
import { textClipL, textFlux1, textT5 } from "./textFlux1.ts";
import { textMistral3 } from "./textMistral3.ts";
import { textQwen3 } from "./textQwen3.ts";
import { textQwenTokens } from "./textQwenTokens.ts";
import { textTekkenTokens } from "./textTekkenTokens.ts";
import { textClipTokens, textT5Tokens } from "./textWeightedTokens.ts";
import { vaeDecode } from "./vaeDecode.ts";
import { vaeDecodeTiled } from "./vaeDecodeTiled.ts";
import { vaeEncode } from "./vaeEncode.ts";
import { vaeEncodeTiled } from "./vaeEncodeTiled.ts";
import { vaeLatentFormats } from "./vaeLatentFormats.ts";
import { vaeTiledScale } from "./vaeTiledScale.ts";

const runners: readonly KindRunner[] = [
  rngBrownianTree,
  rngDefaultNoiseSampler,
  rngGenerator,
  rngNoiseInds,
  rngSeedSequence,
  rngSequence,
  schedulesFlux2Scheduler,
  schedulesSchedulers,
  schedulesSdTurbo,
  schedulesShiftNodes,
  schedulesSigmaNodes,
  schedulesTables,
  samplersRun,
  flux2Forward,
  flux2Lora,
  flux2Adapters,
  flux2Sample,
  textMistral3,
  textQwen3,
  textQwenTokens,
  textTekkenTokens,
  textClipL,
  textClipTokens,
  textFlux1,
  textT5,
  textT5Tokens,
  quantGgufFile,
  quantGgufType,
  vaeDecode,
  vaeDecodeTiled,
  vaeEncode,
  vaeEncodeTiled,
  vaeLatentFormats,
  vaeTiledScale,
  e2eKlein,
  demoKlein,
  demoLora,
  demoVae,
  nodesLoadImage,
  nodesRun,
  nodesSampledConditioning,
  nodesSaveImage,
  quantCheckpoint,
  quantQuanto,
  quantFp8Tables,
  quantRound,
  quantWiden,
];

/** The kinds that are built, by the name cases give them. What is not here is skipped, and listed as such. */
export const kinds: ReadonlyMap<string, KindRunner> = new Map(runners.map((runner) => [runner.kind, runner]));
