import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../cli/built.ts";
import type { Bug, BugTest } from "./bug.ts";
import { bugs } from "./bugs.ts";
import { copyOf } from "./copyOf.ts";
import { placesOf } from "./placesOf.ts";
import { runTest } from "./runTest.ts";

/**
 * `npm run bugs [-- WORDS]`: puts each bug (whose name contains WORDS) into a copy of the sources, alone, and runs the tests that are there
 * to notice. Prints which did; ends with `N passed, N failed`, where passed is caught. First the same tests run on the sources as they
 * are: a test that fails anyway would catch everything.
 */
const HUNTERS = 2;
const words = process.argv.slice(2).join(" ");
const wanted = bugs.filter(({ id }) => id.includes(words));
const folders = Array.from({ length: HUNTERS }, () => copyOf(root));
const keyOf = ({ file, name }: BugTest): string => `${file}${name === undefined ? "" : ` -t "${name}"`}`;

/** Works through a list, each hunter with a folder of its own. */
async function each<T>(list: readonly T[], work: (item: T, folder: string) => Promise<void>): Promise<void> {
  const queue = [...list];
  const hunter = async (folder: string) => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item, folder);
  };
  await Promise.all(folders.map(hunter));
}

async function hunt(bug: Bug, folder: string): Promise<boolean> {
  const { id, from, to, tests } = bug;
  const places = placesOf(folder, bug);
  if (places.length !== 1) {
    console.log(`missed  ${id}: ${bug.where} has its text ${places.length} times`);
    return false;
  }
  const path = join(folder, places[0]!);
  const text = readFileSync(path, "utf8");
  writeFileSync(
    path,
    text.replace(from, () => to),
  );
  try {
    let what = "";
    for (const test of tests) {
      const outcome = await runTest(folder, test);
      if (!outcome.passed) {
        console.log(`caught  ${id}\n        by ${outcome.what}`);
        return true;
      }
      what += `\n        ${keyOf(test)}: ${outcome.what}`;
    }
    console.log(`missed  ${id}${what}`);
    return false;
  } finally {
    writeFileSync(path, text);
  }
}

let caught = 0;
let broken = 0;
try {
  const tests = new Map(wanted.flatMap((bug) => bug.tests.map((test) => [keyOf(test), test])));
  await each([...tests.values()], async (test, folder) => {
    const { passed, what, said } = await runTest(folder, test);
    if (passed && what === "all passed") return;
    broken++;
    console.log(`broken  ${keyOf(test)} does not pass without any bug: ${what}\n${said}`);
  });
  if (broken === 0)
    await each(wanted, async (bug, folder) => {
      if (await hunt(bug, folder)) caught++;
    });
} finally {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}
console.log(`${caught} passed, ${wanted.length - caught} failed`);
process.exitCode = caught === wanted.length && wanted.length > 0 ? 0 : 1;
