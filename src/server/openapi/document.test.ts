import { expect, test } from "vitest";
import { createApp } from "../app.ts";
import { fakeParts } from "../testing/fakeParts.ts";
import { document } from "./document.ts";

test("every route is in it, and nothing else", () => {
  const routes = createApp(fakeParts())
    .routes.filter(({ method }) => method !== "ALL")
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, "{$1}")}`);
  const paths = document("0").paths as Record<string, object>;
  const told = Object.entries(paths).flatMap(([path, methods]) => {
    return Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`);
  });
  expect(told.sort()).toEqual([...new Set(routes)].sort());
});

test("bodies are the schemas that check them", async () => {
  const app = createApp(fakeParts());
  // biome-ignore lint/suspicious/noExplicitAny: a document of any shape is looked into.
  const made: any = await (await app.request("/weir/openapi.json", { headers: { host: "localhost" } })).json();
  expect(made.openapi).toBe("3.1.0");
  const body = made.paths["/prompt"].post.requestBody.content["application/json"].schema;
  expect(body.required).toEqual(["prompt"]);
  expect(Object.keys(body.properties)).toContain("partial_execution_targets");
  const query = made.paths["/view"].get.parameters;
  expect(query.find(({ name }: { name: string }) => name === "filename")).toMatchObject({
    in: "query",
    required: true,
  });
});
