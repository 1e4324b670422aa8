import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { COMFY_FLAGS } from "../../src/cli/serve/comfyFlags.ts";
import { weir } from "./harness.ts";

const cwd = mkdtempSync(join(tmpdir(), "weir-serve-flags-"));
/** All flags are read before a page that is not there ends it. */
const end = ["--front-end-root", "no-page"];

test.each(Object.entries(COMFY_FLAGS))("serve %s is taken and says why it changes nothing", async (flag, reason) => {
  const [name = "", value] = flag.split(" ");
  const { code, err } = await weir(["serve", name, ...(value === undefined ? [] : ["1"]), ...end], { cwd });
  expect([code, err]).toEqual([2, expect.stringContaining("--front-end-root no-page holds no index.html")]);
  expect(err).toContain(`weir: ${name} has no effect: ${reason}`);
});

test("a flag that nobody knows is an error that names it", async () => {
  const { code, err } = await weir(["serve", "--nonsense", ...end], { cwd });
  expect([code, err]).toEqual([2, expect.stringContaining("unknown option '--nonsense'")]);
});

test("a user folder that cannot be written ends it with the flag, before the queue is opened; a base folder that is not there is told", async () => {
  writeFileSync(join(cwd, "file"), "");
  const flags = ["--user-directory", "file/user", "--base-directory", "nowhere", "--port", "0"];
  const { code, err, engine } = await weir(["serve", ...flags], { cwd });
  expect({ code, engine }).toEqual({ code: 1, engine: undefined });
  const [warning, error] = err.split("\n");
  expect(warning).toBe(`warning: there is no folder ${join(cwd, "nowhere")} yet, so no models: check --base-directory`);
  expect(error).toBe(
    `weir: cannot write into ${join(cwd, "file/user")}: it is not a folder; choose another --user-directory`,
  );
});
