import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { nextCounter, picturePlace, writePicture } from "./writePicture.ts";

/** The system's refusals, on demand. */
const fail = vi.hoisted(() => ({ write: "", link: "" }));
vi.mock("node:fs/promises", async (original) => {
  const real = await original<typeof import("node:fs/promises")>();
  const refusal = (code: string) => Object.assign(new Error(`${code}: refused`), { code });
  return {
    ...real,
    async open(...args: Parameters<typeof real.open>) {
      const file = await real.open(...args);
      if (fail.write !== "") {
        file.writeFile = async () => {
          await file.write(new Uint8Array(3)); // half of it is there when the disk is full
          throw refusal(fail.write);
        };
      }
      return file;
    },
    link: (...args: Parameters<typeof real.link>) =>
      fail.link === "" ? real.link(...args) : Promise.reject(refusal(fail.link)),
  };
});

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "weir-picture-"));
});
afterEach(() => {
  Object.assign(fail, { write: "", link: "" });
  rmSync(root, { recursive: true });
});
const bytes = new Uint8Array(1000);

test.each([
  [
    "ENOSPC",
    "disk-full",
    "there is no room left in ROOT; the picture has 1000 bytes. Free some, or choose another --output-directory",
  ],
  [
    "EDQUOT",
    "disk-full",
    "there is no room left in ROOT; the picture has 1000 bytes. Free some, or choose another --output-directory",
  ],
  ["EROFS", "output-unwritable", "cannot write into ROOT (EROFS). Choose another --output-directory"],
  ["EIO", "output-unwritable", "cannot write into ROOT (EIO). Choose another --output-directory"],
])("%s is %s, and nothing is left behind", async (system, code, message) => {
  fail.write = system;
  const place = await picturePlace(root, "x");
  const writing = writePicture(place, "x", 1, bytes);
  await expect(writing).rejects.toMatchObject({ code, message: message.replace("ROOT", root) });
  expect(readdirSync(root)).toEqual([]);
});

test("where there are no hard links, a rename does it", async () => {
  fail.link = "EPERM";
  const place = await picturePlace(root, "x");
  expect(await writePicture(place, "x", 1, bytes)).toEqual({ filename: "x_00001_.png", counter: 1 });
  expect(readdirSync(root)).toEqual(["x_00001_.png"]);
});

test("a name that was taken meanwhile is left alone", async () => {
  const place = await picturePlace(root, "x");
  writeFileSync(join(root, "x_00001_.png"), "theirs");
  writeFileSync(join(root, "x_00002_.png"), "theirs");
  expect(await writePicture(place, "x", 1, bytes)).toEqual({ filename: "x_00003_.png", counter: 3 });
  expect(await nextCounter(place)).toBe(4);
});

test("many at once get a name each", async () => {
  const place = await picturePlace(root, "x");
  const written = await Promise.all(Array.from({ length: 20 }, () => writePicture(place, "x", 1, bytes)));
  expect(new Set(written.map(({ filename }) => filename)).size).toBe(20);
  expect(readdirSync(root)).toHaveLength(20);
});
