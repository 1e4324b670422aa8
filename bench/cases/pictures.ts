import { existsSync } from "node:fs";
import path from "node:path";
import { formatBytes } from "../../src/runtime/formatBytes.ts";
import type { Bench, BenchContext, Figure } from "../bench.ts";
import { DEMO, type Drawn, demoImages, IMAGES } from "../support/demoImages.ts";
import { showInterval } from "../support/format.ts";
import { interval } from "../support/interval.ts";
import { ratios, rounds } from "../support/pairs.ts";

type Policy = "dynamic" | "static";

/** What a person waits for, image by image, against the classic way (`--disable-dynamic-vram`: whole models come and go). */
export const pictures: Bench = async (context) => {
  if (!existsSync(path.join(DEMO, "klein.json"))) throw new Error("demo/ has no workflow");
  const smallest = {
    dynamic: await smallestBudget(context, "dynamic"),
    static: await smallestBudget(context, "static"),
  };
  context.say(`smallest budgets: dynamic ${smallest.dynamic}, classic ${smallest.static}`);
  return [
    ...(await compare(context, undefined, ["dynamic", "static"])),
    ...(await compare(context, smallest.static, ["dynamic", "static"])),
    ...(await compare(context, smallest.dynamic, ["dynamic"])),
  ];
};

function images({ folder, device, threads }: BenchContext, policy: Policy, vram: string | undefined, first = 0) {
  return demoImages(
    {
      device,
      outputDirectory: folder,
      ...(threads === undefined ? {} : { threads }),
      disableDynamicVram: policy === "static",
      ...(vram === undefined ? {} : { vram }),
    },
    first,
  );
}

/** Asks for the last image, the largest, with too little and does what the message says, until it is drawn. */
async function smallestBudget(context: BenchContext, policy: Policy): Promise<string> {
  for (let vram = "1MB"; ; ) {
    const result = await images(context, policy, vram, IMAGES.length - 1);
    if (!("needed" in result)) return vram;
    if (result.needed === vram) throw new Error(`${vram} was suggested and is refused`);
    vram = result.needed;
  }
}

async function compare(
  context: BenchContext,
  vram: string | undefined,
  policies: readonly Policy[],
): Promise<readonly Figure[]> {
  const drawn: Record<Policy, Drawn[][]> = { dynamic: [], static: [] };
  const sides = Object.fromEntries(
    policies.map((policy) => [
      policy,
      async () => {
        const result = await images(context, policy, vram);
        if ("needed" in result) throw new Error(`${policy} does not fit ${vram}`);
        drawn[policy].push([...result]);
        return 0;
      },
    ]),
  );
  await rounds(context.full ? 20 : 6, sides, 60, 3);
  const budget = vram ?? "no limit";
  return IMAGES.map((image, i): Figure => {
    // The first round only warms up.
    const seconds = (policy: Policy) => drawn[policy].slice(1).map((round) => round[i]!.seconds);
    const moved = (policy: Policy) => formatBytes(drawn[policy].at(-1)![i]!.movedBytes);
    const what = `${image}, --vram ${budget}`;
    const ours = `dynamic ${showInterval(interval(seconds("dynamic")), " s")}, ${moved("dynamic")}`;
    if (!policies.includes("static")) return { what, value: ours, note: "classic is refused at this budget" };
    return {
      what: `${what}: dynamic over classic`,
      value: showInterval(interval(ratios(seconds("dynamic"), seconds("static")))),
      note: `${ours}; classic ${interval(seconds("static")).median.toFixed(3)} s, ${moved("static")}`,
    };
  });
}
