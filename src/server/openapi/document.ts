import { z } from "zod";
import { type Operation, operations } from "./operations.ts";

type Json = Readonly<Record<string, unknown>>;

/** The server's interface as an OpenAPI 3.1 document, made from the schemas that check the requests. `version`: Weir's. */
export function document(version: string): Json {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    for (const prefix of operation.at === "both" ? ["", "/api"] : [operation.at === "api" ? "/api" : ""]) {
      const path = prefix + operation.path;
      paths[path] = { ...paths[path], [operation.method]: describe(operation) };
    }
  }
  const error = {
    type: "object",
    required: ["error"],
    properties: { error: {}, field: { type: "string", description: "what of the request is wrong" } },
  };
  return {
    openapi: "3.1.0",
    info: { title: "Weir", version, description: "ComfyUI's interface, and what is Weir's own under /weir." },
    paths,
    components: {
      schemas: { Refusal: error },
      securitySchemes: { token: { type: "http", scheme: "bearer", description: "asked for beyond loopback" } },
    },
  };
}

const schemaOf = (schema: z.ZodType): Json => {
  // A transform is told by what it takes; exact integers beyond 2^53 have no word in JSON Schema.
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return rest;
};

function describe({ path, summary, query, body, upload, answers, answer }: Operation): Json {
  const parts = [...path.matchAll(/\{(\w+)\}/g)].map((match) => ({
    name: match[1],
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  const asked = Object.entries(query?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: "query",
    required: !(schema as z.ZodType).safeParse(undefined).success,
    schema: schemaOf(schema as z.ZodType),
  }));
  const content =
    upload === "bytes"
      ? { "application/octet-stream": {} }
      : body === undefined
        ? null
        : { [upload === "form" ? "multipart/form-data" : "application/json"]: { schema: schemaOf(body) } };
  const told = answer === undefined ? {} : { schema: schemaOf(answer) };
  const types = { json: "application/json", file: "*/*", text: "text/plain", nothing: "" };
  return {
    summary,
    ...(parts.length + asked.length === 0 ? {} : { parameters: [...parts, ...asked] }),
    ...(content === null ? {} : { requestBody: { content } }),
    responses: {
      "200": { description: "done", ...(answers === "nothing" ? {} : { content: { [types[answers]]: told } }) },
      "4XX": {
        description: "refused; nothing is changed",
        content: { "application/json": { schema: { $ref: "#/components/schemas/Refusal" } } },
      },
    },
  };
}
