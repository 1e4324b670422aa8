import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { seededBugs } from "./seededBugs.ts";

const root = path.join(import.meta.dirname, "..", "..");
const memory = path.join(root, "src", "memory");

test("there are twenty and more, and each is still a bug in the code as it is", async () => {
  expect(seededBugs.length).toBeGreaterThanOrEqual(20);
  for (const { name, file, from, to } of seededBugs) {
    const parts = (await readFile(path.join(memory, file), "utf8")).split(from);
    expect([name, parts.length]).toEqual([name, 2]);
    expect(to).not.toBe(from);
  }
});

/** The room's own tests, on a copy of it with `change` made. */
async function passes(change: (folder: string) => Promise<void>): Promise<boolean> {
  const folder = await mkdtemp(path.join(tmpdir(), "weir-seeded-"));
  try {
    await cp(memory, path.join(folder, "memory"), { recursive: true });
    await symlink(path.join(root, "node_modules"), path.join(folder, "node_modules"), "junction");
    await writeFile(path.join(folder, "package.json"), '{ "type": "module" }');
    const config = { test: { include: ["memory/*.test.ts"], pool: "forks", maxWorkers: 2, testTimeout: 120_000 } };
    await writeFile(path.join(folder, "vitest.config.js"), `export default ${JSON.stringify(config)};`);
    await change(path.join(folder, "memory"));
    const vitest = path.join(root, "node_modules", "vitest", "vitest.mjs");
    return await new Promise((done) => {
      execFile(process.execPath, [vitest, "run", "--bail", "1"], { cwd: folder }, (error) => done(error === null));
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

// Minutes, so not in every run: each bug runs the room's tests until one fails.
const all = process.env["WEIR_SEEDED_BUGS"] === "1";
test.runIf(all)("the unchanged copy passes", { timeout: 300_000 }, async () => {
  expect(await passes(async () => {})).toBe(true);
});
test.runIf(all).each(seededBugs)("caught: $name", { timeout: 300_000 }, async ({ file, from, to }) => {
  const caught = !(await passes(async (folder) => {
    const at = path.join(folder, file);
    await writeFile(
      at,
      (await readFile(at, "utf8")).replace(from, () => to),
    );
  }));
  expect(caught).toBe(true);
});
