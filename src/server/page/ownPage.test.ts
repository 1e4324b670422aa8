import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createApp } from "../app.ts";
import { fakeParts } from "../testing/fakeParts.ts";
import { ownPage } from "./ownPage.ts";

const web = join(import.meta.dirname, "..", "..", "..", "web");
const HEADERS = { headers: { host: "localhost" } };

test("every script of web/ is served, and nothing beside the page", async () => {
  for (const name of readdirSync(web).filter((file) => file.endsWith(".ts"))) {
    const answer = await ownPage(`page/${name.replace(/ts$/, "js")}`);
    expect([name, answer?.status, answer?.headers.get("content-type")]).toEqual([
      name,
      200,
      "text/javascript; charset=utf-8",
    ]);
  }
  const app = createApp(fakeParts());
  for (const path of ["/page/main.ts", "/page/tsconfig.json", "/page/../package.json", "/web/index.html", "/page"]) {
    expect([path, (await app.request(path, HEADERS)).status]).toEqual([path, 404]);
  }
});

test("the page refers only to what is served, and its policy lets nothing else in", async () => {
  const html = readFileSync(join(web, "index.html"), "utf8");
  const links = [...html.matchAll(/(?:href|src)="([^"]+)"/g)].map((match) => match[1]!);
  expect(links).toHaveLength(3);
  for (const link of links) expect([link, (await ownPage(link))?.status]).toEqual([link, 200]);
  const answer = await createApp(fakeParts()).request("/", HEADERS);
  expect(await answer.text()).toBe(html);
  expect(answer.headers.get("content-security-policy")).toMatch(
    /^default-src 'none'; script-src 'self'; style-src 'self';/,
  );
  expect(html).not.toMatch(/<script>|style="|\son\w+="/);
});
