import { execFileSync } from "node:child_process";
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isDevice } from "./isDevice.ts";
import { pictureTarget } from "./pictures.ts";
import { openTraceFile } from "./traceFile.ts";
import { writeWhole } from "./writeWhole.ts";

const posix = test.skipIf(process.platform === "win32");
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "weir-whole-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a file: whole, in place of what was there, and nothing beside it", async () => {
  const path = join(folder, "a");
  writeFileSync(path, "old");
  await writeWhole(path, async (to) => {
    expect(readFileSync(path, "utf8")).toBe("old");
    await writeFile(to, "new");
  });
  expect(readFileSync(path, "utf8")).toBe("new");
  await expect(writeWhole(path, () => Promise.reject(new Error("full")))).rejects.toThrow("full");
  expect(readdirSync(folder)).toEqual(["a"]);
  expect(readFileSync(path, "utf8")).toBe("new");
});

posix("a link stays one: what it leads to is written", async () => {
  const [path, link] = [join(folder, "a"), join(folder, "link")];
  writeFileSync(path, "old");
  symlinkSync(path, link);
  await writeWhole(link, (to) => writeFile(to, "new"));
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(readFileSync(path, "utf8")).toBe("new");
});

/** Stands for every device: replacing /dev/null is nothing to try. */
const pipe = (): string => {
  const path = join(folder, "pipe");
  execFileSync("mkfifo", [path]);
  return path;
};

posix("a pipe or a device is written into and stays what it is: pictures, and traces", async () => {
  const path = pipe();
  expect(await isDevice(path)).toBe(true);
  const picture = join(folder, "p.png");
  writeFileSync(picture, "a picture");
  const target = await pictureTarget(path, folder);
  for (let time = 0; time < 2; time++) {
    const [read, to] = await Promise.all([readFile(path, "utf8"), target.place(picture)]);
    expect({ read, to }).toEqual({ read: "a picture", to: path });
  }
  const trace = await openTraceFile(path);
  const [read] = await Promise.all([readFile(path, "utf8"), trace.write()]);
  expect(JSON.parse(read)).toHaveProperty("traceEvents");
  expect(lstatSync(path).isFIFO()).toBe(true);
  expect(readdirSync(folder).sort()).toEqual(["p.png", "pipe"]);
});
