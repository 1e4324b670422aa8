import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PlanReport } from "../../src/cli/plan/planWorkflow.ts";
import { writeKleinFiles } from "../support/kleinFiles.ts";
import { weir } from "./harness.ts";

const root = path.join(import.meta.dirname, "..", "..");
const klein = path.join(root, "examples", "klein-4b.json");
let base: string;
beforeAll(async () => {
  base = await mkdtemp(path.join(tmpdir(), "weir-plan-"));
  await writeKleinFiles(base);
});
afterAll(() => rm(base, { recursive: true, force: true }));

const plan = (...flags: string[]) => weir(["plan", klein, "--base-directory", base, ...flags], { cwd: root });
/** The small models: what is tested is the command line. */
const demo = path.join(root, "demo");
const planDemo = (...flags: string[]) =>
  weir(["plan", path.join(demo, "klein.json"), "--base-directory", demo, ...flags], { cwd: root });
async function report(...flags: string[]): Promise<PlanReport> {
  const { out, code } = await plan("--json", ...flags);
  const parsed = JSON.parse(out) as PlanReport;
  expect(code).toBe(parsed.fits ? 0 : 4);
  return parsed;
}

/** Runs: the text, what times make of the layers, the steps, the picture. */
const STEPS = 2;

test("klein 4B on a card of 8 GB: every run, what stays, what moves, and how long", async () => {
  const planned = await report("--card", "RTX 4060", "--vram", "7GB", "--ram", "16GB", "--disk-speed", "2GB");
  expect(planned.fits).toBe(true);
  // In the order in which a run would load them.
  expect(planned.models.map(({ title }) => title)).toEqual([
    "flux2-vae.safetensors (vae)",
    "qwen_3_4b.safetensors (text-encoder)",
    "flux-2-klein-4b.safetensors (flux2)",
  ]);
  expect(planned.runs.map(({ classType, passes }) => [classType, passes])).toEqual([
    ["CLIPTextEncode", 1],
    ["SamplerCustomAdvanced", 4],
    ["SamplerCustomAdvanced", 4],
    ["VAEDecode", 1],
  ]);
  const [text, times, steps] = planned.runs;
  // The layers up to the last tap, and nothing of the table of embeddings.
  expect(text!.modelBytes).toBeGreaterThan(5.4e9);
  expect(text!.modelBytes).toBeLessThan(5.5e9);
  // What the times make of the layers is computed before the steps, and its weights move once.
  expect(times!.stages.map(({ stage }) => stage)).toEqual(["modulation"]);
  expect(times!.modelBytes).toBeGreaterThan(3.4e8);
  expect(times!.steadyPass!.hostBytes).toBe(0);
  expect(times!.modelBytes + steps!.modelBytes).toBeGreaterThan(7.7e9);
  expect(times!.modelBytes + steps!.modelBytes).toBeLessThan(7.8e9);
  // R is the budget less the window and at most one weight; each step moves M - R.
  const largest = 18 * 3072 * 3072;
  expect(steps!.pinnedBytes).toBeGreaterThanOrEqual(steps!.weightBudget - steps!.windowBytes - largest);
  expect(steps!.steadyPass!.hostBytes).toBeGreaterThan(0);
  expect(steps!.steadyPass!.hostBytes).toBeLessThanOrEqual(1.02 * (steps!.modelBytes - steps!.pinnedBytes));
  expect(steps!.firstPass.diskBytes).toBe(steps!.firstPass.hostBytes);
  // RAM holds what streams.
  expect(steps!.steadyPass!.diskBytes).toBe(0);
  expect(planned.peakBytes).toBeLessThanOrEqual(planned.vram);
  expect(planned.image.hostBytes).toBe(planned.runs.reduce((sum, { movedBytes }) => sum + movedBytes, 0));
  const { low, high } = planned.image.seconds!;
  expect(low).toBeGreaterThan(planned.image.diskBytes / 2e9);
  expect(high).toBeGreaterThan(low);
  const stages = steps!.stages.reduce((sum, { stays, streams }) => sum + stays + streams, 0);
  expect(stages).toBeGreaterThanOrEqual(steps!.modelBytes * 0.999);
  expect(planned.help.map(({ change }) => change).join("\n")).toMatch(/Q4_K file/);
});

test("more memory never moves more, and less RAM reads more from disk", async () => {
  const moved: number[] = [];
  for (const vram of ["3GB", "8GB", "20GB"]) {
    const planned = await report("--card", "RTX 4090", "--vram", vram);
    moved.push(planned.runs[STEPS]!.steadyPass!.hostBytes);
  }
  expect(moved).toEqual([...moved].sort((a, b) => b - a));
  expect(moved.at(-1)).toBe(0);
  const disk: number[] = [];
  for (const ram of ["2GB", "32GB"]) {
    const planned = await report("--card", "RTX 4060", "--vram", "4GB", "--ram", ram);
    disk.push(planned.runs[STEPS]!.steadyPass!.diskBytes);
  }
  expect(disk[0]!).toBeGreaterThan(1e9);
  expect(disk[1]).toBe(0);
});

test("in words", async () => {
  const { out, err, code } = await plan("--card", "rtx4060", "--vram", "6.5 GB", "--ram", "8GiB");
  expect({ err, code }).toEqual({ err: "", code: 0 });
  expect(out).toContain("klein-4b.json: fits");
  expect(out).toMatch(/SamplerCustomAdvanced .*4 passes; .* of 7\.41 GB stay, the rest streams through/);
  expect(out).toMatch(/each step after it: .* moved, .* to .* s/);
  expect(out).toMatch(/single_blocks\.0 to 19: .* stay, .* stream/);
  expect(out).toContain("What would help most:");
  expect(out).toContain("shortest: max(operations / best rate");
});

test("it does not fit: exit 4, by how much, and what would do", async () => {
  const { out, code } = await plan("--card", "RTX 4060", "--vram", "200MB");
  expect(code).toBe(4);
  expect(out).toMatch(
    /does not fit\. Stage \S+ needs .* of weights at once and .* beside them, .* in all; --vram is 200 MB, .* too little/,
  );
  const planned = await report("--card", "RTX 4060", "--vram", "200MB");
  expect(planned.doesNotFit!.short).toBe(planned.doesNotFit!.needed - 200e6);
  // With what it says is needed that stage runs, and the next thing that does not fit is another one.
  const again = await report("--card", "RTX 4060", "--vram", `${planned.doesNotFit!.needed}B`);
  expect(again.runs.length).toBeGreaterThan(planned.runs.length);
});

test("it does not fit: the least that the whole workflow runs in, not only the run that was refused first", async () => {
  const card = ["--card", "RTX 4060", "--ram", "16GB", "--vram"];
  const { needed, neededByAll } = (await report(...card, "200MB")).doesNotFit!;
  expect(neededByAll).toBeGreaterThan(needed);
  expect((await report(...card, `${neededByAll}B`)).fits).toBe(true);
  expect((await report(...card, `${neededByAll - 1}B`)).fits).toBe(false);
});

/** Of "What would help most". */
const helpOf = (out: string): readonly string[] => out.split("What would help most:\n")[1]?.trimEnd().split("\n") ?? [];

test("it does not fit: what helps is the least that runs, and only then all that the device has", async () => {
  const { out, code } = await planDemo("--card", "RTX 4060", "--vram", "20MB");
  expect(code).toBe(4);
  const [least, all] = helpOf(out);
  expect(all).toMatch(/^ {2}--vram 8\.\d+GB, which the device has: /);
  const [, vram] = /^ {2}--vram (\S+MB), the least in which it runs: /.exec(least!)!;
  expect((await planDemo("--card", "RTX 4060", "--vram", vram!)).code).toBe(0);
  expect((await planDemo("--card", "RTX 4060", "--vram", `${0.98 * Number.parseFloat(vram!)}MB`)).code).toBe(4);
  // A card whose memory others have but for 40 MB: no --vram makes more of it.
  const { out: taken } = await planDemo("--card", "RTX 4060", "--vram", "20MB", "--reserve-vram", "8.55");
  expect(helpOf(taken)).toEqual([
    expect.stringContaining(`a device with more memory: --vram ${vram}, the least in which it runs`),
  ]);
});

test("what times make of the layers is told as it happens: once ahead of the steps, not in each", async () => {
  const { out } = await planDemo("--card", "RTX 4060");
  const sampler = out.split("\n").filter((line) => line.includes("SamplerCustomAdvanced"));
  expect(sampler).toEqual([
    expect.stringContaining(": once ahead of the steps, for all 8 noise levels; all 2.49 MB stay"),
    expect.stringContaining(": 8 passes; all 10.6 MB stay"),
  ]);
  expect(out).toMatch(/first level: .*\n {4}each level after it: 0 B moved/);
  const { out: one } = await planDemo("--card", "RTX 4060", "--steps", "1");
  expect(one).toContain(": once ahead of the steps, for its noise level; ");
});

test("policies to compare: none moves less than M - B, a cache moves all of M, classic does not fit", async () => {
  const flags = ["--card", "RTX 4060", "--vram", "5GB"];
  for (const policy of ["spread-pins", "lru", "resident-prefix", "belady"]) {
    const planned = await report(...flags, "--policy", policy);
    expect(planned.policy).toBe(policy);
    const { steadyPass, modelBytes, weightBudget } = planned.runs[STEPS]!;
    const least = policy === "lru" ? modelBytes : modelBytes - weightBudget;
    expect(steadyPass!.hostBytes).toBeGreaterThanOrEqual(least * 0.999);
  }
  const classic = await report(...flags, "--policy", "static");
  expect(classic.fits).toBe(false);
});

test.each([
  [["--vram", "eight"], /--vram takes an amount of memory such as 8GB, 7\.5GiB or 60%; got "eight"/],
  [["--vram=-8GB"], /--vram takes .*; got "-8GB"/],
  [["--vram", "0GB"], /--vram takes .*; got "0GB"/],
  [["--ram", "much"], /--ram takes .*; got "much"/],
  [["--disk-speed", "fast"], /--disk-speed takes bytes per second such as 2GB or 550MB; got "fast"/],
  [["--card", "Voodoo 2"], /--card "Voodoo 2" is not in the table; it has RTX 4090, /],
  [["--device", "cuda"], /--device cuda: weir plan takes cpu there .*; name a card with --card: RTX 4090, /],
  [["--device", "cpu", "--card", "RTX 4070"], /--card RTX 4070 and --device cpu each name a device: one of them/],
  [["--policy", "magic"], /--policy magic: there is spread-pins, static, /],
])("nonsense: %j", async (flags, message) => {
  const { code, out, err } = await plan(...flags);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toMatch(message);
});

test.each(["8GB", "8 GB", "8GiB", "7.5gib", "60%"])("a budget as %s", async (text) => {
  expect((await planDemo("--card", "RTX 3090", "--vram", text)).code).toBe(0);
});

test("more than the device has: a warning with both numbers", async () => {
  const { code, err } = await planDemo("--card", "RTX 4070", "--vram", "48GB");
  expect(code).toBe(0);
  expect(err).toBe("warning: --vram 48.0 GB is more than the 12.9 GB of RTX 4070\n");
});

test("on this machine's CPU: two tiers, whatever --ram says", async () => {
  const planned = await report("--vram", "9GB", "--ram", "auto");
  expect(planned.device.unified).toBe(true);
  expect(planned.ram).toBe(0);
  expect(planned.image.diskBytes).toBe(planned.image.hostBytes);
  // As a run names it.
  expect((await report("--device", "cpu", "--vram", "9GB", "--ram", "auto")).device).toEqual(planned.device);
  const much = await planDemo("--vram", "9GB", "--ram", "900TB");
  expect(much.err).toMatch(/^warning: --ram 900 TB is more than this machine's /);
});

test("a workflow whose models are not there, or that is none", async () => {
  const { code, err } = await weir(["plan", klein, "--base-directory", path.join(root, "docs")], { cwd: root });
  expect(code).toBe(5);
  expect(err).toContain("flux-2-klein-4b.safetensors");
  expect((await weir(["plan", "package.json"], { cwd: root })).code).toBe(3);
  expect((await weir(["plan", "no.json"], { cwd: root })).code).toBe(2);
  const nowhere = await weir(["plan", klein, "--base-directory", path.join(base, "nowhere")], { cwd: root });
  expect(nowhere).toMatchObject({ code: 2, err: expect.stringContaining("and there is no such folder") });
});

test("--matrix stands alone: what it would leave unread is refused", async () => {
  for (const more of [["--json"], ["--vram", "8GB"], [klein]]) {
    const { code, err, out } = await weir(["plan", "--matrix", ...more], { cwd: root });
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain("weir plan --matrix takes no workflow and no other flag");
  }
});

test("a text encoder on the CPU takes nothing of a card's memory, and is planned where it is: its RAM is copies' no more", async () => {
  const flags = ["--card", "RTX 4060", "--vram", "5GB", "--ram", "12GB"];
  const on = await report(...flags);
  const beside = await report(...flags, "--set", "CLIPLoader.device=cpu");
  expect(on.runs.map(({ classType }) => classType)).toContain("CLIPTextEncode");
  expect(beside.runs.map(({ classType }) => classType)).not.toContain("CLIPTextEncode");
  expect(beside.models.map(({ kind }) => kind)).toEqual(
    on.models.map(({ kind }) => kind).filter((kind) => kind !== "text-encoder"),
  );
  const { runs, models, peakBytes, leftToCopies } = beside.beside!;
  expect(on.beside).toBeNull();
  expect(beside.image.seconds!.low).toBeGreaterThan(0);
  expect(models.map(({ kind }) => kind)).toEqual(["text-encoder"]);
  expect(runs.map(({ classType, passes }) => [classType, passes])).toEqual([["CLIPTextEncode", 1]]);
  const [text] = runs;
  expect(text!.pinnedBytes).toBe(text!.modelBytes);
  expect(text!.firstPass.hostBytes).toBeGreaterThan(5.4e9);
  expect(peakBytes).toBeGreaterThanOrEqual(text!.modelBytes + text!.activationBytes + text!.carriedBytes);
  // One number for each of the card's runs: the encoder stays where it is while what streams has room for its copies beside it.
  expect(leftToCopies).toHaveLength(beside.runs.length);
  expect(leftToCopies[0]).toBeLessThan(12e9 - text!.modelBytes);
  const tight = await report(...flags.slice(0, 4), "--ram", "6GB", "--set", "CLIPLoader.device=cpu");
  // Where it has none, the encoder makes way.
  expect(Math.max(...tight.beside!.leftToCopies)).toBe(6e9);
  const { out } = await plan(...flags, "--set", "CLIPLoader.device=cpu");
  expect(out).toMatch(
    /On the CPU, beside the card:\n {2}qwen_3_4b\.safetensors \(text-encoder\): .*\n {2}CLIPTextEncode/,
  );
  const refused = await plan(...flags.slice(0, 4), "--ram", "100MB", "--set", "CLIPLoader.device=cpu");
  expect(refused.code).toBe(4);
  expect(refused.out).toMatch(/CLIPTextEncode .*does not fit.*--ram is 100 MB/);
});

test("--custom-nodes: a workflow with nodes of a user's files is planned, and what does not load is told", async () => {
  const posters = path.join(root, "examples", "custom-nodes", "posters.json");
  const argv = ["plan", posters, "--base-directory", demo, "--card", "RTX 4060", "--json"];
  const without = await weir(argv, { cwd: root });
  expect(without.code).toBe(3);
  expect(without.err).toContain("ExampleTextLines");
  const folder = await mkdtemp(path.join(tmpdir(), "weir-plan-nodes-"));
  try {
    await writeFile(path.join(folder, "broken.js"), "export const = 5;");
    const nodes = ["--custom-nodes", path.join("examples", "custom-nodes"), "--custom-nodes", folder];
    const { code, out, err } = await weir([...argv, ...nodes], { cwd: root });
    expect({ code, err: err.trim().split("\n") }).toEqual({
      code: 0,
      err: [expect.stringMatching(/^warning: .*broken\.js: left out, it does not load/)],
    });
    const { runs } = JSON.parse(out) as PlanReport;
    // The list node makes several texts of one, so the encoder and what follows run once for each.
    const texts = runs.filter(({ classType }) => classType === "CLIPTextEncode").length;
    expect(texts).toBeGreaterThan(1);
    expect(runs.filter(({ classType }) => classType === "VAEDecode")).toHaveLength(texts);
  } finally {
    await rm(folder, { recursive: true });
  }
  const none = await weir([...argv, "--custom-nodes", path.join(base, "none")], { cwd: root });
  expect(none).toMatchObject({ code: 2, err: expect.stringContaining("there is no such folder") });
});

test("nothing is written", async () => {
  await plan("--card", "RTX 4060");
  expect(await readdir(base)).toEqual(["models"]);
});
