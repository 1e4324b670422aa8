import { totalmem } from "node:os";
import { ggufTypeOf } from "../../formats/gguf/writeGgufHeader.ts";
import type { TensorEntry, WeightSource } from "../../formats/weightSource.ts";
import { spreadPins } from "../../memory/spreadPins.ts";
import type { Schedule } from "../../memory/words.ts";
import { type Card, cardRates } from "../../planner/cards.ts";
import { estimate } from "../../planner/estimate.ts";
import { planRuns } from "../../planner/planRuns.ts";
import { compilePass } from "../../runtime/compilePass.ts";
import { formatBytes } from "../../runtime/formatBytes.ts";
import { residentForm } from "../../runtime/residentForm.ts";
import { planActivations } from "../../tensor/planActivations.ts";
import { openModel } from "../inspect/openModel.ts";
import { type Assignment, assignEncodings, type Raised } from "./assignEncodings.ts";
import { findQuantType, type QuantType } from "./quantTypes.ts";
import { raiseOrder } from "./raiseOrder.ts";

/** What `--type auto` chooses among, largest first: each is the best of its size. */
const CANDIDATES = ["bf16", "q8_0", "q6_k", "q5_k", "q4_k"];
/** CUDA's. */
const ALIGNMENT = 128;
/** A usual run. What counts is a pass of the steady ones. */
const STEPS = 20;
/** Of RAM, for weights; and what disks read, bytes per second: as `weir plan` takes them. */
const RAM_SHARE = 0.75;
const DISK = { low: 0.5e9, high: 3.5e9 };
/** Times this near each other are one: then the larger type is better. */
const NEAR = 1.03;

/** One type, planned. Bytes and seconds of a step, or of the one pass there is; seconds by the longest estimate, so that nothing counts as hidden that may not be. */
export interface PlannedType {
  readonly type: QuantType;
  readonly modelBytes: number;
  readonly movedBytes: number;
  readonly seconds: number;
}

export interface Choice {
  readonly type: QuantType;
  /** What takes the next larger type, since all of it still stays. */
  readonly raised?: Raised;
  /** For people: what was planned, and why this one. */
  readonly lines: readonly string[];
}

/**
 * The largest type whose run is about as fast as the fastest's, in so much device memory, by the planner: the file is opened as if it were
 * converted. Where that stays as a whole and leaves room, as many matrices as the room takes have the next larger type, those first that it
 * helps most (`raiseOrder`). `null` with its lines where none fits, or where the file is no model that runs here.
 */
export async function chooseType(
  source: WeightSource,
  vram: number,
  card: Card,
): Promise<Choice | { readonly type: null; readonly raised?: undefined; readonly lines: readonly string[] }> {
  const planned: PlannedType[] = [];
  const lines: string[] = [];
  for (const name of CANDIDATES) {
    const type = findQuantType(name)!;
    const outcome = await planType(source, type, vram, card, assignEncodings(source, type));
    if (outcome === null) return { type: null, lines: ["Weir does not run this kind of model: name a type"] };
    if ("needed" in outcome) {
      lines.push(`${name}: does not run, it takes ${formatBytes(outcome.needed, "up")}`);
      continue;
    }
    planned.push(outcome);
    lines.push(
      `${name}: ${formatBytes(outcome.modelBytes)} of weights, ${formatBytes(outcome.movedBytes)} move each pass, ` +
        `${outcome.seconds.toPrecision(2)} s at most`,
    );
  }
  const best = planned.reduce((least, { seconds }) => Math.min(least, seconds), Number.POSITIVE_INFINITY);
  const chosen = planned.find(({ seconds }) => seconds <= NEAR * best);
  if (!chosen) return { type: null, lines };
  const why =
    chosen.movedBytes === 0
      ? `the largest that stays in ${formatBytes(vram)} as a whole`
      : chosen.seconds === best && chosen === planned.at(-1)
        ? `none stays in ${formatBytes(vram)} as a whole, and the smallest moves least`
        : "its pass is within 3% of the fastest type's, even where nothing overlaps";
  const above = CANDIDATES[CANDIDATES.indexOf(chosen.type.name) - 1];
  const mixed =
    chosen.movedBytes === 0 && above ? await raise(source, chosen.type, findQuantType(above)!, vram, card) : null;
  if (mixed) {
    const { raised, of, modelBytes } = mixed;
    lines.push(
      `${raised.type.name} for the ${raised.names.size} of ${of} matrices that it helps most, ${chosen.type.name} for the rest: ` +
        `${formatBytes(modelBytes)} of weights, which stay in ${formatBytes(vram)} as a whole (planned for an ${card.name})`,
    );
    return { type: chosen.type, raised, lines };
  }
  lines.push(`${chosen.type.name} it is: ${why} (planned for an ${card.name})`);
  return { type: chosen.type, lines };
}

/** As many matrices in the larger of two types as let all weights stay; `null`: not one, or all. */
async function raise(
  source: WeightSource,
  type: QuantType,
  above: QuantType,
  vram: number,
  card: Card,
): Promise<{ readonly raised: Raised; readonly of: number; readonly modelBytes: number } | null> {
  // what rules leave to the type
  const free = assignEncodings(source, type).filter(({ to, why }) => to === type.encoding && why === null);
  const order = raiseOrder(free.map(({ name }) => name));
  const first = (count: number): Raised => ({ type: above, names: new Set(order.slice(0, count).flat()) });
  const stays = async (count: number): Promise<number | null> => {
    const outcome = await planType(source, type, vram, card, assignEncodings(source, type, first(count)));
    return outcome && "movedBytes" in outcome && outcome.movedBytes === 0 ? outcome.modelBytes : null;
  };
  // more bytes never need less room
  let [most, bytes] = [0, 0];
  for (let low = 1, high = order.length; low <= high; ) {
    const middle = (low + high) >> 1;
    const modelBytes = await stays(middle);
    if (modelBytes === null) high = middle - 1;
    else {
      [most, bytes] = [middle, modelBytes];
      low = middle + 1;
    }
  }
  if (most === 0) return null;
  return { raised: first(most), of: free.length, modelBytes: bytes };
}

async function planType(
  source: WeightSource,
  type: QuantType,
  vram: number,
  card: Card,
  assigned: readonly Assignment[],
): Promise<PlannedType | { readonly needed: number } | null> {
  const opened = openModel(converted(source, assigned));
  if (!opened) return null;
  const { model, pass } = opened;
  const forms = new Map(model.weights.map((weight) => [weight.name, residentForm(source.path, weight)]));
  const compiled = compilePass(pass, forms, false, {
    info: { alignment: ALIGNMENT },
    activationBytes: (program) => planActivations(program, { alignment: ALIGNMENT }).bytes,
  });
  const ids = new Map(model.weights.map(({ name }, id) => [name, id]));
  const items = compiled.programs.map(
    (program, i): Schedule => ({
      kind: "use",
      use: {
        stage: program.name,
        weights: program.weights.map((name) => ids.get(name)!),
        activationBytes: compiled.activationBytes[i]!,
        flops: program.flops,
      },
    }),
  );
  const n = model.kind === "flux2" ? STEPS : 1;
  const input = {
    device: { device: "cuda", alignment: ALIGNMENT, maxChunkBytes: Number.MAX_SAFE_INTEGER, discrete: true },
    budget: { vram, weights: vram },
    models: [
      {
        id: "model",
        weights: model.weights.map(({ name, entry }) => ({
          name,
          bytes: forms.get(name)!.bytes,
          fileBytes: entry.bytes,
        })),
      },
    ],
    runs: [
      {
        schedule: { kind: "repeat", n, body: { kind: "sequence", items } } satisfies Schedule,
        reserved: Math.max(...compiled.activationBytes) + compiled.carried.bytes,
      },
    ],
  };
  const { runs, doesNotFit } = await planRuns(spreadPins, input, { ram: Math.floor(RAM_SHARE * totalmem()) });
  if (doesNotFit) return { needed: doesNotFit.needed };
  const work = runs[0]!.steady ?? runs[0]!.total;
  return {
    type,
    modelBytes: model.weights.reduce((sum, { name }) => sum + forms.get(name)!.bytes, 0),
    movedBytes: work.hostBytes,
    seconds: estimate(work, { ...cardRates(card), disk: DISK }).high,
  };
}

/** The header of the file that would be written: enough for what opens models. */
function converted(source: WeightSource, assigned: readonly Assignment[]): WeightSource {
  const tensors = new Map<string, TensorEntry>();
  for (const { name, entry, to } of assigned) {
    const { values, bytes } = ggufTypeOf(to)!;
    const count = entry.shape.reduce((n, size) => n * size, 1);
    const { shape, offset } = entry;
    tensors.set(name, { name, shape, offset, encoding: to, bytes: (count / values) * bytes });
  }
  return {
    path: source.path,
    identity: source.identity,
    fileBytes: source.fileBytes,
    metadata: source.metadata,
    tensors,
    read: () => Promise.reject(new Error("invariant: a file that is not there yet is read")),
    close: () => Promise.resolve(),
  };
}
