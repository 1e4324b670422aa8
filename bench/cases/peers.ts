import { mkdtemp, readFile } from "node:fs/promises";
import path from "node:path";
import { physicalCores } from "../../src/ggml/threads.ts";
import type { Bench, Figure } from "../bench.ts";
import { type Contestant, contestants } from "../peers/contestants.ts";
import { type Installed, install } from "../peers/install.ts";
import type { PeerJob } from "../peers/peerJob.ts";
import { type Peer, startPeer } from "../peers/startPeer.ts";
import { writeCompany } from "../peers/writeCompany.ts";
import { dropFromCache } from "../support/dropFromCache.ts";
import { showFastest, showInterval } from "../support/format.ts";
import { interval } from "../support/interval.ts";
import { kleinShapes } from "../support/kleinShapes.ts";
import { ratios, rounds } from "../support/pairs.ts";
import { writeFlux2 } from "../writeFlux2.ts";

/** 86 M parameters, 0.17 GB in bf16; the context's width is what the smallest text encoder that a peer takes can give. */
const SIZES = { hidden: 512, double: 4, single: 16, context: 384 };
/** A picture of 256 x 256 pixels, and klein's 512 tokens of text: stable-diffusion.cpp pads to them. */
const SHAPE = { height: 16, width: 16, textTokens: 512 };
const SHARE = 0.25;

const PEERS = path.join(import.meta.dirname, "..", "peers");

interface Cost {
  readonly ms: number[];
  readonly cpuMs: number[];
}

/**
 * The same transformer, from the same file, elsewhere. First each alone in a fresh process, the file not in the page cache: memory, bytes read, time to
 * the first step, and the output against ours; then rounds in which all take turns. A peer that cannot be installed or run has a row that says why.
 */
export const peers: Bench = async ({ folder, threads = physicalCores(), full, peers, say }) => {
  if (!peers) throw new Error("peers are installed and run with --peers");
  const sizes = full ? kleinShapes(false) : SIZES;
  const file = path.join(folder, "model.safetensors");
  const bytes = await writeFlux2(file, sizes);
  const company = await writeCompany(folder, sizes.context);
  const figures: Figure[] = [];

  const places = new Map<string, Installed>();
  const start = async ({ peer, script, mode }: Contestant): Promise<Peer> => {
    const scratch = await mkdtemp(path.join(folder, "peer-"));
    const base = { ...sizes, ...SHAPE, mode, file, bytes, share: SHARE, threads, folder: scratch };
    const program = path.join(PEERS, script);
    if (peer === "ours")
      return startPeer(process.execPath, [
        "--import",
        "jiti/register",
        program,
        JSON.stringify(base satisfies PeerJob),
      ]);
    const place = places.get(peer) ?? (await install(peer, say));
    places.set(peer, place);
    if ("missing" in place) throw new Error(`not installed: ${place.missing}`);
    const job: PeerJob = { ...base, llm: company.llm, tae: company.tae, ...(place.comfyui ? place : {}) };
    // -B: no compiled copies of our scripts beside them.
    return startPeer(place.python, ["-B", program, JSON.stringify(job)]);
  };

  const outputs = new Map<Contestant, Float32Array>();
  const racing: Contestant[] = [];
  for (const contestant of contestants) {
    say(`${contestant.title}, alone`);
    try {
      // Installing is not part of the time to the first step.
      if (contestant.peer !== "ours" && !places.has(contestant.peer))
        places.set(contestant.peer, await install(contestant.peer, say));
      for (const each of [file, company.llm, company.tae]) await dropFromCache(each);
      figures.push(await alone(contestant));
      if (contestant.race) racing.push(contestant);
    } catch (error) {
      const note = (error instanceof Error ? error.message : String(error)).replaceAll(folder, "...").slice(0, 400);
      figures.push({ what: `${contestant.title}: alone`, value: "not run", note });
    }
  }

  /** A process of its own from its start to its third step. */
  async function alone(contestant: Contestant): Promise<Figure> {
    const began = Date.now();
    const peer = await start(contestant);
    const first = await peer.step();
    const seconds = (first.at - began) / 1000;
    const rest = [await peer.step(), await peer.step()];
    const { peak, now, read, disk } = await peer.usage();
    const output = await outputOf(peer, contestant);
    await peer.close();
    const mb = (value: number | null) => (value === null ? "?" : `${(value / 1e6).toFixed(0)} MB`);
    const { name, on, note } = peer.about;
    return {
      what: `${contestant.title}: peak memory, alone`,
      value: mb(peak),
      note: [
        `${mb(now)} after the steps`,
        `first step ${seconds.toFixed(1)} s after the process began`,
        `processor time of a step ${(Math.min(...rest.map(({ cpuMs }) => cpuMs)) / 1000).toFixed(2)} s (first ${(first.cpuMs / 1000).toFixed(2)} s)`,
        `${mb(read)} by read calls and ${mb(disk)} from storage for ${mb(bytes)} of weights in 3 steps${contestant.peer === "sdcpp" ? ` (of 3 pictures of 2) and ${mb(company.bytes)} of text encoder and decoder` : ""}`,
        ...(output === undefined ? [] : [output]),
        [name, on, note].filter(Boolean).join(", "),
      ].join("; "),
    };
  }

  /** The distance of its last output from ours, in words; the first one is ours. */
  async function outputOf(peer: Peer, contestant: Contestant): Promise<string | undefined> {
    // Its interface has pictures, no passes.
    if (contestant.peer === "sdcpp") return undefined;
    const target = path.join(folder, "output.f32");
    await peer.output(target);
    const { buffer } = new Uint8Array(await readFile(target));
    const theirs = new Float32Array(buffer);
    outputs.set(contestant, theirs);
    const ours = outputs.get(contestants[0]!);
    if (ours === undefined || ours === theirs) return undefined;
    const norm = (values: Float32Array) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
    const apart = norm(ours.map((value, i) => value - theirs[i]!)) / norm(ours);
    return apart === 0 ? "output: ours bit for bit" : `output: ${(100 * apart).toFixed(2)} % from ours`;
  }

  say("all in turn");
  const running = new Map<Contestant, Peer>();
  const costs = new Map<Contestant, Cost>();
  for (const contestant of racing) {
    running.set(contestant, await start(contestant));
    costs.set(contestant, { ms: [], cpuMs: [] });
  }
  const sides = Object.fromEntries(
    racing.map((contestant) => [
      contestant.title,
      async () => {
        const cost = await running.get(contestant)!.step();
        costs.get(contestant)!.cpuMs.push(cost.cpuMs);
        return cost.ms;
      },
    ]),
  );
  const walls = await rounds(full ? 41 : 21, sides, full ? 1200 : 240);
  for (const peer of running.values()) await peer.close();
  for (const [contestant, { ms, cpuMs }] of costs) {
    ms.push(...walls[contestant.title]!);
    cpuMs.splice(0, cpuMs.length - ms.length); // the round that is thrown away
  }

  const about = `${(bytes / 2e6).toFixed(0)} M parameters in bf16, ${SHAPE.height * SHAPE.width + SHAPE.textTokens} tokens, ${threads} thread${threads === 1 ? "" : "s"}`;
  for (const race of ["resident", "limited"] as const) {
    const [ours, ...theirs] = racing.filter((contestant) => contestant.race === race);
    if (ours?.peer !== "ours") continue;
    for (const other of theirs) {
      const [a, b] = [costs.get(ours)!, costs.get(other)!];
      figures.push({
        what: `our step over that of ${other.title}, ${race === "resident" ? "all resident" : "ours at 25 %"}`,
        value: showInterval(interval(ratios(a.ms, b.ms))),
        wall: true,
        note: [
          `processor time ${showInterval(interval(ratios(a.cpuMs, b.cpuMs)))}`,
          showFastest(a.ms, b.ms),
          `ours ${showInterval(interval(a.ms), " ms")}`,
          `theirs ${showInterval(interval(b.ms), " ms")}`,
          about,
        ].join("; "),
      });
    }
  }
  return figures;
};
