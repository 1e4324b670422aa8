import { Command, CommanderError } from "commander";
import { expect, test } from "vitest";
import { ACCEPTED_FLAGS } from "./acceptedFlags.ts";
import { addEngineFlags, addFolderFlags, type EngineFlags, engineOptions } from "./flags.ts";

function parse(...argv: string[]) {
  const told: string[] = [];
  const command = new Command("weir").configureOutput({ writeErr: (text) => told.push(text) }).exitOverride();
  addEngineFlags(addFolderFlags(command)).argument("[files...]");
  command.parse(argv, { from: "user" });
  return { options: engineOptions(command.opts<EngineFlags>(), false, "/base", "/here"), told, files: command.args };
}

test.each([
  [["--lowvram"], { pinShare: 0.3 }],
  [["--lowvram", "--vram-weights", "1GB"], { pinShare: 0.3, vramWeights: "1GB" }],
  [["--novram"], { pinShare: 0 }],
  [["--ram", "8 GB"], { ram: "8 GB" }],
  [["--ram", "auto"], { ram: "auto" }],
  [["--ram", "0"], { ram: "0" }],
  [["--highvram"], { highVram: true }],
  [["--gpu-only"], { highVram: true }],
  [["--cpu"], { device: "cpu" }],
  [["--cpu", "--device", "vulkan"], { device: "vulkan" }],
  [["--reserve-vram", "1.5", "--vram-headroom", "400MB"], { reserveVram: ["1.5", "400MB"] }],
  [["--extra-model-paths-config", "a.yaml"], { extraModelPaths: ["/here/a.yaml"] }],
  [["--models-directory", "m", "--input-directory", "i"], { modelsDirectory: "/here/m", inputDirectory: "/here/i" }],
])("%j", (argv, options) => expect(parse(...argv).options).toMatchObject(options));

test("nothing reserved is nothing said", () =>
  expect(parse("--reserve-vram", "0").options.reserveVram).toBeUndefined());

test("an amount that is none is refused with what is expected", () => {
  expect(() => parse("--ram", "eight")).toThrow("--ram takes auto, 0, an amount such as 8GB");
  expect(() => parse("--reserve-vram", "much")).toThrow('--reserve-vram is "much"; expected GB such as 1.5');
});

test("flags that contradict each other are refused, as weir plan refuses them", () => {
  expect(() => parse("--lowvram", "--novram")).toThrow("--novram and --lowvram each name a policy: one of them");
  expect(() => parse("--disable-dynamic-vram", "--lowvram")).toThrow("--lowvram and --disable-dynamic-vram each name");
});

test("flags of ComfyUI that mean nothing here are taken, each with one line that says why", () => {
  for (const [flag, reason] of Object.entries(ACCEPTED_FLAGS)) {
    const [name, value] = flag.split(" ");
    const { told } = parse(name!, ...(value?.startsWith("<") ? ["1"] : []));
    expect(told).toEqual([`weir: ${name} has no effect: ${reason}\n`]);
  }
});

test("a flag that nobody knows is refused", () => {
  expect(() => parse("--no-such-flag")).toThrow(CommanderError);
});
