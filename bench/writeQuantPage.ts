import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { contactSheet } from "./quant/contactSheet.ts";
import { demoForms, type SeedErrors, SIDE } from "./quant/demoForms.ts";
import { goldenErrors } from "./quant/goldenErrors.ts";
import { stepForms } from "./quant/stepForms.ts";
import { machine } from "./support/machine.ts";
import { MID } from "./support/midModel.ts";
import { openDevice } from "./support/openDevice.ts";

/**
 * `node --import jiti/register bench/writeQuantPage.ts [--full] [--demo] [--steps] [--goldens]`: draws the demo in every encoding, times steps of a synthetic
 * model in each, and writes the tables of docs/quantised.md (between their markers) and docs/quantised.png. `--full`: a model of 1.1 GB in
 * place of 0.17 GB. `--demo`, `--steps`: that part alone. `--goldens`: the table of reference layers alone, which needs their folder beside the checkout.
 */
const { values } = parseArgs({
  options: {
    full: { type: "boolean", default: false },
    demo: { type: "boolean", default: false },
    steps: { type: "boolean", default: false },
    goldens: { type: "boolean", default: false },
  },
});
const docs = path.join(import.meta.dirname, "..", "docs");
const page = path.join(docs, "quantised.md");
const both = !values.demo && !values.steps && !values.goldens;
const say = (text: string) => console.error(text);
const scratch = await mkdtemp(path.join(tmpdir(), "weir-quant-"));
const percent = (share: number) => `${(100 * share).toPrecision(2)} %`;
try {
  if (both || values.demo) {
    const forms = await demoForms(scratch, values.full ? 4 : 1, say);
    const range = ({ all, each }: SeedErrors) =>
      each.length < 2
        ? percent(all)
        : `${percent(all)} (${percent(Math.min(...each))} to ${percent(Math.max(...each))})`;
    const rows = forms.map(
      ({ form, formatError, error, added }) =>
        `| ${form.label} | ${range(formatError)} | ${range(error)} | ${range(added)} |`,
    );
    await put("demo", [
      "| file | the format's own error | as it runs | of which memory's form and rounded inputs |",
      "|---|---|---|---|",
      ...rows,
    ]);
    const shown = forms.filter(({ form }) => form.fp8 === "q8_0");
    const tiles = shown.map(({ form, picture }) => ({ label: form.label.replace("weight_dtype", "cast"), picture }));
    await writeFile(path.join(docs, "quantised.png"), contactSheet(tiles, SIDE, 6));
  }
  if (values.goldens) {
    const folder = path.join(docs, "..", "..", "shared", "golden", "quant");
    const share = (error: number) => (error === 0 ? "0" : percent(error));
    const rows = (await goldenErrors(folder)).map(
      ({ name, weights, products, rounded }) =>
        `| ${name} | ${share(weights)} | ${share(products)} | ${rounded === null ? "" : share(rounded)} |`,
    );
    await put("goldens", [
      "| layer | weights | products | to ComfyUI's over rounded inputs |",
      "|---|---|---|---|",
      ...rows,
    ]);
  }
  if (both || values.steps) {
    const load = loadavg()[0]!;
    const size = values.full
      ? { name: "1.1 GB, 84 tokens", sizes: { hidden: 1536, double: 3, single: 12, context: 512 }, shape: MID.shape }
      : MID;
    const forms = await stepForms(scratch, size, values.full ? 3 : 9, () => openDevice({ device: "cpu" }), say);
    const mb = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
    const rows = forms.map(
      ({ form, bytes, fileBytes, step, loadGBs }) =>
        `| ${form.label} | ${mb(fileBytes)} | ${mb(bytes)} | ${step.median.toFixed(2)} [${step.low.toFixed(2)}, ${step.high.toFixed(2)}] | ${loadGBs.toFixed(2)} |`,
    );
    const busy =
      load > 1.5 * availableParallelism() ? " The machine was busy: times show little, bytes are exact." : "";
    await put("steps", [
      `${machine()}, load ${load.toFixed(1)}; ${size.name} in bf16.${busy}`,
      "",
      "| file | read from the file | in VRAM, and over the bus in a pass that keeps nothing | step over bf16's | loaded at, GB/s |",
      "|---|---|---|---|---|",
      ...rows,
    ]);
  }
} finally {
  await rm(scratch, { recursive: true, force: true });
}

async function put(part: string, lines: readonly string[]): Promise<void> {
  const [start, end] = [`<!-- ${part} -->`, `<!-- /${part} -->`];
  const text = await readFile(page, "utf8");
  if (!text.includes(start) || !text.includes(end)) throw new Error(`${page} has no ${start} ... ${end}`);
  const head = text.slice(0, text.indexOf(start) + start.length);
  await writeFile(page, `${head}\n${lines.join("\n")}\n${text.slice(text.indexOf(end))}`);
  console.log(lines.join("\n"));
}
