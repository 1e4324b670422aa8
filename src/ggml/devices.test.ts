import { expect, test } from "vitest";
import type { DeviceInfo } from "../tensor/backend.ts";
import { selectDevice } from "./devices.ts";
import { openGgml } from "./index.ts";

const info = (id: string, kind: DeviceInfo["kind"]): DeviceInfo => ({
  id,
  kind,
  description: `a ${kind} device`,
  unified: kind === "cpu",
  async: kind !== "cpu",
  alignment: 32,
  maxBufferBytes: 2 ** 30,
  memoryTotal: 0,
  memoryFree: 0,
});
const all = [info("Vulkan0", "vulkan"), info("Vulkan1", "vulkan"), info("CUDA0", "cuda"), info("cpu", "cpu")];

test.each([
  [undefined, "CUDA0"],
  ["vulkan", "Vulkan0"],
  ["Vulkan1", "Vulkan1"],
  ["vulkan1", "Vulkan1"],
  ["cpu", "cpu"],
])("%s means %s", (wanted, id) => expect(selectDevice(all, wanted).id).toBe(id));

test("the best of what is there", () => {
  expect(selectDevice(all.slice(0, 2)).id).toBe("Vulkan0");
  expect(selectDevice(all.slice(3)).id).toBe("cpu");
});

test("a device that is not there: what is", () => {
  expect(() => selectDevice(all, "metal")).toThrowErrorMatchingInlineSnapshot(
    `[DeviceNotFound: there is no device "metal"; found: Vulkan0 (a vulkan device), Vulkan1 (a vulkan device), CUDA0 (a cuda device), cpu (a cpu device). CUDA needs the package @node-llama-cpp/linux-x64-cuda or win-x64-cuda, Vulkan a driver]`,
  );
  expect(() => selectDevice([], undefined)).toThrow(/found: none/);
});

test("this machine's CPU", async () => {
  const cpu = (await openGgml()).devices().find(({ id }) => id === "cpu")!;
  expect(cpu).toMatchObject({ kind: "cpu", unified: true });
  expect(cpu.memoryFree).toBeGreaterThan(0);
  expect(cpu.memoryTotal).toBeGreaterThanOrEqual(cpu.memoryFree);
  expect(cpu.alignment % 16).toBe(0);
});
