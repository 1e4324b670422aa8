import { expect, describe as group, test } from "vitest";
import type { ProbeReport } from "../../engine/probe.ts";
import { isNewEnough } from "../isNewEnough.ts";
import { describe } from "./describe.ts";
import { diagnose, exitOf } from "./diagnose.ts";
import type { Facts } from "./facts.ts";

const device = (id: string, kind: "cpu" | "vulkan" | "cuda") => ({
  id,
  kind,
  description: `a ${kind} device`,
  unified: kind === "cpu",
  async: kind !== "cpu",
  alignment: 32,
  maxBufferBytes: 2 ** 40,
  memoryTotal: 8e9,
  memoryFree: 7e9,
});
const report: ProbeReport = {
  library: { version: "0.23.0", commit: "5b4ebc5", dir: "/lib", packageName: "@node-llama-cpp/linux-x64-vulkan" },
  devices: [device("cpu", "cpu")],
  chosen: { id: "cpu", vram: 6e9 },
  warnings: [],
  error: null,
};
const none: ProbeReport = { ...report, library: null, devices: [], chosen: null };
const healthy: Facts = {
  weir: "0.1.0",
  node: { version: "v20.19.0", needed: ">=20.19", ok: true },
  platform: "linux x64",
  processor: { model: "a processor", cores: 2 },
  memory: { total: 16e9, free: 8e9 },
  graphics: [],
  packages: {
    known: ["linux-x64-cuda", "linux-x64-vulkan", "linux-x64"],
    installed: ["linux-x64-vulkan"],
    version: "3.21.1",
  },
  vulkan: { loader: null, drivers: [] },
  nvidiaDriver: false,
  installer: "apt",
  environment: {},
  device: null,
  folders: {
    base: "/base",
    models: [{ folder: "vae", files: [{ name: "a.safetensors", bytes: 3e8 }] }],
    output: { path: "/base/output", writable: true },
  },
  probed: { report, death: null, withoutGpu: null },
};
const death = { how: "SIGSEGV: no", output: ["something", "vk: lost"] };

group("what is missing, and the command that helps", () => {
  const cases: readonly (readonly [string, Partial<Facts>, readonly unknown[], number])[] = [
    ["nothing, on a machine without a GPU", {}, [], 0],
    ["Node", { node: { ...healthy.node, ok: false } }, [{ fatal: true, help: /nodejs/ }], 2],
    [
      "the library",
      {
        probed: {
          report: { ...none, error: { code: "ggml-not-found", message: "not installed" } },
          death: null,
          withoutGpu: null,
        },
      },
      [{ fatal: true, code: "ggml-not-found", help: /^npm install @node-llama-cpp\/linux-x64-vulkan@3\.21\.1$/ }],
      1,
    ],
    [
      "the folder that WEIR_GGML_DIR names",
      {
        environment: { WEIR_GGML_DIR: "/nope" },
        probed: {
          report: { ...none, error: { code: "ggml-not-found", message: "not there" } },
          death: null,
          withoutGpu: null,
        },
      },
      [{ fatal: true, help: /WEIR_GGML_DIR/ }],
      1,
    ],
    [
      "a device",
      {
        device: "tpu",
        probed: {
          report: { ...report, chosen: null, error: { code: "device-not-found", message: "no tpu" } },
          death: null,
          withoutGpu: null,
        },
      },
      [{ fatal: true, code: "device-not-found" }],
      2,
    ],
    [
      "a driver that kills",
      { probed: { report: null, death, withoutGpu: report } },
      [{ fatal: true, code: "engine-died", what: /SIGSEGV.*vk: lost/, help: /VK_LOADER_DRIVERS_DISABLE/ }],
      1,
    ],
    [
      "a library that kills",
      { probed: { report: null, death, withoutGpu: null } },
      [{ fatal: true, code: "engine-died", help: /install the package again/ }],
      1,
    ],
    ["a Vulkan loader", { graphics: ["amd"] }, [{ fatal: false, help: /^sudo apt install libvulkan1/ }], 0],
    [
      "a Vulkan loader, elsewhere",
      { graphics: ["intel"], installer: "pacman" },
      [{ fatal: false, help: /vulkan-intel/ }],
      0,
    ],
    [
      "a Vulkan driver",
      { graphics: ["amd"], vulkan: { loader: "/lib/libvulkan.so.1", drivers: [] } },
      [{ fatal: false, what: /no driver/, help: /mesa-vulkan-drivers/ }],
      0,
    ],
    [
      "CUDA",
      {
        graphics: ["nvidia"],
        nvidiaDriver: true,
        probed: {
          report: {
            ...report,
            devices: [device("Vulkan0", "vulkan"), device("cpu", "cpu")],
            chosen: { id: "Vulkan0", vram: 7e9 },
          },
          death: null,
          withoutGpu: null,
        },
      },
      [{ fatal: false, help: /^npm install @node-llama-cpp\/linux-x64-cuda@3\.21\.1$/ }],
      0,
    ],
    [
      "a place for pictures",
      { folders: { ...healthy.folders, output: { path: "/ro/output", writable: false } } },
      [{ fatal: true, code: "output-unwritable", help: /--output-directory/ }],
      1,
    ],
    [
      "models",
      { folders: { ...healthy.folders, models: [{ folder: "vae", files: [] }] } },
      [{ fatal: false, help: /--base-directory/ }],
      0,
    ],
  ];
  test.each(cases)("%s", (_name, change, expected, exit) => {
    const problems = diagnose({ ...healthy, ...change });
    expect(problems).toHaveLength(expected.length);
    problems.forEach((problem, i) => {
      for (const [key, value] of Object.entries(expected[i] as Record<string, unknown>)) {
        const found = problem[key as keyof typeof problem];
        if (value instanceof RegExp) expect(found).toMatch(value);
        else expect(found).toBe(value);
      }
    });
    expect(exitOf(problems)).toBe(exit);
  });
});

test("what is printed", () => {
  expect(describe(healthy, diagnose(healthy))).toMatchInlineSnapshot(`
    "  weir       0.1.0 on Node v20.19.0 (needs >=20.19), linux x64
      processor  a processor, 2 cores
      memory     8.00 GB of 16.0 GB free
      library    ggml 0.23.0 (5b4ebc5) of @node-llama-cpp/linux-x64-vulkan
                 /lib
      packages   linux-x64-cuda, linux-x64-vulkan (installed), linux-x64
      vulkan     no loader
      graphics   no card
    Devices, the one that would be used with a star:
    * cpu  a cpu device, shares the machine's memory
      cpu: no GPU answers; at most 6.00 GB of its memory, or what --vram says
    Models in /base:
      vae  a.safetensors (300 MB)

    Nothing is missing.
    "
  `);
  const facts: Facts = { ...healthy, graphics: ["amd"], environment: { WEIR_DEBUG: "1" } };
  expect(describe(facts, diagnose(facts)).split("\n\n").at(-1)).toMatchInlineSnapshot(`
    "  hint: there is no Vulkan loader, so the GPU is not used
             sudo apt install libvulkan1 mesa-vulkan-drivers
    "
  `);
});

test("versions of Node", () => {
  for (const version of ["20.19.0", "20.20.1", "22.0.0", "21.1.0"]) expect(isNewEnough(version, ">=20.19")).toBe(true);
  for (const version of ["20.18.9", "18.20.0", "20.9.0"]) expect(isNewEnough(version, ">=20.19")).toBe(false);
});
