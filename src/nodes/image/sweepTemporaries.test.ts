import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { sweepTemporaries, temporaryName } from "./sweepTemporaries.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "weir-sweep-"));
});
afterEach(() => rmSync(root, { recursive: true }));

/** Of a process that was, and is no more. */
const dead = spawnSync(process.execPath, ["-e", ""]).pid;
const started = Date.now();
const before = new Date(started - 60_000);

function plant(name: string, when: Date = before): void {
  const file = join(root, name);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, "half a picture");
  utimesSync(file, when, when);
}

test("half pictures of dead processes go, in subfolders too; nothing else does", async () => {
  plant(`.weir-${dead}-0123456789ab.tmp`);
  plant(`made/today/.weir-${dead}-ba9876543210.tmp`);
  // One's own number was another's before: this process has written nothing yet.
  plant(temporaryName());
  plant(`.weir-${process.ppid}-0123456789ab.tmp`); // alive
  plant(`.weir-${dead}-0123456789ac.tmp`, new Date(started + 60_000)); // younger
  plant(".weir-notes.tmp");
  plant(`.weir-${dead}-0123456789ab.tmp.png`);
  plant("picture_00001_.png");
  mkdirSync(join(root, `.weir-${dead}-0123456789ad.tmp`));
  expect(await sweepTemporaries(root, started)).toBe(3);
  expect(readdirSync(root).sort()).toEqual(
    [
      `.weir-${dead}-0123456789ab.tmp.png`,
      `.weir-${dead}-0123456789ac.tmp`,
      `.weir-${dead}-0123456789ad.tmp`,
      `.weir-${process.ppid}-0123456789ab.tmp`,
      ".weir-notes.tmp",
      "made",
      "picture_00001_.png",
    ].sort(),
  );
  expect(readdirSync(join(root, "made/today"))).toEqual([]);
});

test("links are not followed, and a folder that is not there is no error", async () => {
  plant(`real/.weir-${dead}-0123456789ab.tmp`);
  mkdirSync(join(root, "output"));
  symlinkSync(join(root, "real"), join(root, "output/link"));
  expect(await sweepTemporaries(join(root, "output"), started)).toBe(0);
  expect(await sweepTemporaries(join(root, "none"), started)).toBe(0);
});
