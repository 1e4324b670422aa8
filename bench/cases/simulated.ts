import path from "node:path";
import { openSafetensors } from "../../src/formats/safetensors.ts";
import { openGgml } from "../../src/ggml/index.ts";
import type { MemoryEvent } from "../../src/memory/eventLog.ts";
import { spreadPins } from "../../src/memory/spreadPins.ts";
import { openFlux2 } from "../../src/models/flux2/index.ts";
import { planningRuntime } from "../../src/nodes/planning/planningRuntime.ts";
import { predict } from "../../src/planner/predict.ts";
import { createRuntime } from "../../src/runtime/createRuntime.ts";
import { formatBytes } from "../../src/runtime/formatBytes.ts";
import type { Bench, BenchContext, Figure } from "../bench.ts";
import { cpuTime } from "../support/cpuTime.ts";
import { atMost, showFastest, showInterval } from "../support/format.ts";
import { interval } from "../support/interval.ts";
import { kleinShapes } from "../support/kleinShapes.ts";
import { openDevice } from "../support/openDevice.ts";
import { rounds } from "../support/pairs.ts";
import { plainReader } from "../support/plainReader.ts";
import { steps } from "../support/steps.ts";
import { writeFlux2 } from "../writeFlux2.ts";

const SHAPE = { batch: 1, height: 8, width: 8, textTokens: 20 };
const PLENTY = 1e12;
const PIECE = 16 * 2 ** 20;
/** Steps whose moves are compared. */
const STEPS = 4;
const SHARES = [0.9, 0.6, 0.3, 0.1];

const decisions = (events: readonly MemoryEvent[]): readonly string[] =>
  events
    .filter(({ kind }) => kind === "move" || kind === "drop" || kind === "plan")
    .map((event) => JSON.stringify(event));

/** A klein-shaped file: what the planner says beforehand is what a run does, event by event, and its steps last as the formula says. */
export const simulated: Bench = async (context) => {
  const file = path.join(context.folder, "model.safetensors");
  const bytes = await writeFlux2(file, kleinShapes(context.full));
  context.say(`${(bytes / 1e9).toFixed(2)} GB written`);
  const figures: Figure[] = [];
  for (const discrete of context.device === "cpu" ? [false, true] : [false])
    for (const share of SHARES) {
      const where = `${(bytes / 1e9).toFixed(2)} GB, ${discrete ? "discrete, " : ""}weights ${100 * share} %`;
      figures.push({ what: `${where}: events as simulated`, ...(await sameEvents(context, file, share, discrete)) });
      if (share === 0.9 || share === 0.1) continue;
      // With one thread computing, reading has a core to itself, as it has beside a card.
      for (const one of context.device === "cpu" && context.threads !== 1 ? [false, true] : [false])
        figures.push({
          what: `${where}${one ? ", 1 thread" : ""}: step over compute + moved bytes`,
          ...(await stepTime(one ? { ...context, threads: 1 } : context, file, share, discrete)),
        });
    }
  return figures;
};

/** The plan is made first, of headers alone; then the run. */
async function sameEvents({ device, threads, say }: BenchContext, file: string, share: number, discrete: boolean) {
  const library = await openGgml({ discreteCpu: discrete });
  const { backend, memory } = library.open(library.select(device).id, threads === undefined ? {} : { threads });
  const { id, alignment, maxBufferBytes, unified } = backend.info;
  const planning = planningRuntime({
    device: { info: backend.info, activationBytes: (program) => backend.activationBytes(program) },
    precision: "native",
    vram: PLENTY,
    vramWeights: { share },
  });
  const source = await openSafetensors(file);
  const model = openFlux2(source);
  const planned = await planning.load(model).begin([model.pass(SHAPE)], { repeat: STEPS });
  planned.end();
  const [run] = planning.runs;
  const { schedule, uses, activationBytes, carriedBytes, budget } = run!;
  // Staging, and a third of the model beside it.
  const ram = discrete ? Math.floor(source.fileBytes / 3) + 2 * PIECE : 0;
  const predicted = await predict({
    device: { device: id, alignment, maxChunkBytes: maxBufferBytes, discrete: !unified },
    policy: spreadPins,
    budget: { vram: PLENTY, weights: PLENTY },
    ram,
    models: planning.models.map(({ title, weights }) => ({ id: title, weights })),
    runs: [
      { schedule, uses: STEPS * uses.length, reserved: activationBytes + carriedBytes, ...(budget && { budget }) },
    ],
  });

  const seen: MemoryEvent[] = [];
  const runtime = createRuntime({
    backend,
    memory,
    policy: "dynamic",
    precision: "native",
    vram: PLENTY,
    vramWeights: { share },
    ram,
    onMemoryEvent: (event) => void seen.push(event),
  });
  const real = await steps(runtime, file, SHAPE, STEPS);
  for (let step = 0; step < STEPS; step++) say(`${100 * share} %: step ${step} ${(await real.step()).toFixed(0)} ms`);
  await real.close();
  await planning.close();
  await source.close();
  const [said, done] = [decisions(predicted.events), decisions(seen).slice(0, decisions(predicted.events).length)];
  const wrong = said.findIndex((event, i) => event !== done[i]);
  return {
    value: wrong < 0 ? `${said.length} of ${said.length}` : `${wrong} of ${said.length}, then another`,
    goal: "all",
    verdict: wrong < 0 ? "met" : `missed: ${said[wrong]} is ${done[wrong]}`,
    note: `${formatBytes(predicted.runs[0]!.movedBytes)} moved in ${STEPS} steps, ${formatBytes(predicted.runs[0]!.readBytes)} from disk${discrete ? `, --ram ${formatBytes(ram)}` : ""}`,
  };
}

/** A step that streams over a step with all resident plus plain reads of as many bytes. */
async function stepTime({ device, threads, full }: BenchContext, file: string, share: number, discrete: boolean) {
  const resident = await steps(await openDevice({ device, threads, discrete }), file, SHAPE);
  const streamed = await steps(
    await openDevice({ device, threads, discrete }, { vramWeights: { share } }),
    file,
    SHAPE,
  );
  const reader = await plainReader(file, PIECE, discrete ? new Uint8Array(PIECE) : undefined);
  await streamed.step();
  await streamed.step();
  const moved = streamed.last().movedBytes;
  const cpu: Record<"streamed" | "resident" | "reads", number[]> = { streamed: [], resident: [], reads: [] };
  const costs = await rounds(
    full ? 21 : 9,
    {
      streamed: cpuTime(streamed.step, cpu.streamed),
      resident: cpuTime(resident.step, cpu.resident),
      reads: cpuTime(() => reader.read(moved), cpu.reads),
    },
    120,
  );
  await reader.close();
  await streamed.close();
  await resident.close();
  const formula = costs.resident.map((ms, i) => ms + costs.reads[i]!);
  const ratio = interval(costs.streamed.map((ms, i) => ms / formula[i]!));
  const work = interval(cpu.streamed.map((ms, i) => ms / (cpu.resident[i]! + cpu.reads[i]!)).slice(1));
  return {
    value: showInterval(ratio),
    goal: "<= 1.10",
    wall: true as const,
    verdict: atMost(ratio.median, 1.1),
    note: `processor time ${showInterval(work)}; ${showFastest(costs.streamed, formula)}; streaming ${showInterval(interval(costs.streamed), " ms")}; resident ${interval(costs.resident).median.toFixed(0)} ms; ${(moved / 1e9).toFixed(2)} GB at ${(moved / 1e6 / interval(costs.reads).median).toFixed(1)} GB/s`,
  };
}
