import { Readable } from "node:stream";
import busboy from "busboy";
import type { Context } from "hono";
import { RequestError } from "../errors.ts";

export interface MultipartFile {
  readonly filename: string;
  readonly bytes: Uint8Array;
}

export interface MultipartForm {
  readonly fields: ReadonlyMap<string, string>;
  readonly files: ReadonlyMap<string, MultipartFile>;
}

/** Fields say where a file goes: a few words each. */
const MAX_FIELD = 64 * 1024;
const MAX_PARTS = 32;

/**
 * A multipart body of at most `limit` bytes. Names of files come as sent, paths and all: who uses them checks them. Of two parts with one
 * name the first counts. Throws RequestError: 400 if it is no such body, 413.
 */
export async function readMultipart(c: Context, limit: number): Promise<MultipartForm> {
  const headers = { "content-type": c.req.header("content-type") ?? "" };
  const tooLarge = () => new RequestError(413, `the upload is larger than ${limit} bytes`, "body");
  if (Number(c.req.header("content-length") ?? 0) > limit) throw tooLarge();
  const noForm = () => new RequestError(400, "the body must be multipart/form-data", "body");
  const body = c.req.raw.body;
  if (body === null) throw noForm();
  let parser: busboy.Busboy;
  try {
    parser = busboy({
      headers,
      preservePath: true,
      defParamCharset: "utf8",
      limits: { fieldSize: MAX_FIELD, fileSize: limit, parts: MAX_PARTS },
    });
  } catch {
    throw noForm();
  }
  return new Promise<MultipartForm>((resolve, reject) => {
    const fields = new Map<string, string>();
    const files = new Map<string, MultipartFile>();
    let length = 0;
    const source = Readable.fromWeb(body as never);
    const fail = (error: Error): void => {
      source.unpipe(parser);
      source.destroy();
      reject(error);
    };
    source.on("data", (part: Uint8Array) => {
      length += part.byteLength;
      if (length > limit) fail(tooLarge());
    });
    parser.on("field", (name, value, { valueTruncated }) => {
      if (valueTruncated) return fail(new RequestError(400, `the field is longer than ${MAX_FIELD} bytes`, name));
      if (!fields.has(name)) fields.set(name, value);
    });
    parser.on("file", (name, stream, { filename }) => {
      const parts: Buffer[] = [];
      stream.on("data", (part: Buffer) => parts.push(part));
      stream.on("error", () => fail(noForm()));
      stream.on("end", () => {
        if (!files.has(name)) files.set(name, { filename: filename ?? "", bytes: Buffer.concat(parts) });
      });
    });
    parser.on("partsLimit", () => fail(new RequestError(400, `more than ${MAX_PARTS} parts`, "body")));
    parser.on("error", () => fail(noForm()));
    source.on("error", () => reject(noForm()));
    parser.on("close", () => resolve({ fields, files }));
    source.pipe(parser);
  });
}
