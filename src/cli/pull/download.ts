import { FileChanged } from "../../formats/errors.ts";
import { formatBytes } from "../../runtime/formatBytes.ts";
import { askHub } from "./askHub.ts";
import { BadReply, ChecksumMismatch } from "./errors.ts";
import { hubUrl } from "./hub.ts";
import type { HubClient, HubReply } from "./hubGet.ts";
import type { PartFile } from "./partFile.ts";
import type { RemoteFile } from "./remoteFile.ts";
import { retry, TryAgain } from "./retry.ts";
import { shown } from "./shown.ts";

/** A try that brought so much was worth it: a connection that is cut now and then does not use up the tries. */
const WORTH_BYTES = 2 ** 20;

export interface DownloadHooks {
  /** Told how many bytes are there. */
  readonly tick: (bytes: number) => void;
  readonly say: (text: string) => void;
}

/**
 * Brings what a part lacks, and checks the whole. Cut connections go on where they were cut; a server that cannot is begun again. Bytes that
 * were joined from several replies and do not make the file are fetched once more from the start; those of one reply are not.
 * Throws HubUnreachable, AccessDenied, NotOnHub, BadReply, ChecksumMismatch, FileChanged, NoDiskSpace, WriteFailed, RunInterrupted.
 */
export async function download(
  client: HubClient,
  file: RemoteFile,
  part: PartFile,
  { tick, say }: DownloadHooks,
): Promise<void> {
  const { repo, revision, commit, path, bytes } = file;
  const url = hubUrl(client.hub, `/${repo}/resolve/${commit}/${path.split("/").map(encodeURIComponent).join("/")}`);
  for (let round = 0; ; round++) {
    // Whether its bytes come from more than one reply, or from an earlier run.
    let joined = part.bytes > 0;
    let brought = 0;
    const attempt = async () => {
      brought = 0;
      if (part.bytes === bytes) return;
      const from = part.bytes;
      const range: Record<string, string> = from > 0 ? { range: `bytes=${from}-` } : {};
      const reply = await askHub(client, url, { repo, revision, path }, range);
      try {
        checkReply(reply, file);
        if (reply.status === 416) {
          if (from === 0) throw new BadReply(`${reply.url.host} has no bytes of ${path} (416)`);
          await part.restart();
          throw new TryAgain(`${reply.url.host} has no bytes of ${path} from ${from} on, so it is begun again`);
        }
        if (reply.status === 200 && from > 0) {
          say(`${reply.url.host} does not go on in the middle of a file; ${path} is begun again`);
          await part.restart();
        }
        if (reply.status === 206) checkRange(reply, file, from);
        joined = part.bytes > 0;
        for await (const chunk of untilCut(reply, path)) {
          if (part.bytes + chunk.length > bytes) {
            await part.restart();
            throw new BadReply(
              `${reply.url.host} sends more than the ${bytes} bytes that ${path} has; what came was thrown away`,
            );
          }
          await part.append(chunk);
          brought += chunk.length;
          tick(part.bytes);
        }
      } finally {
        reply.drop();
      }
      if (part.bytes < bytes)
        throw new TryAgain(`${path}: cut after ${formatBytes(part.bytes)} of ${formatBytes(bytes)}`);
    };
    await retry(client, say, attempt, () => brought >= WORTH_BYTES);
    if (part.isRight()) return;
    await part.restart();
    if (round > 0 || !joined)
      throw new ChecksumMismatch(
        `${repo}/${path}: all ${bytes} bytes came, and their ${file.digest.kind} is not ${file.digest.hex}, so they were thrown away; run again, and if it stays so, tell the repo's owner`,
      );
    say(`${path}: its parts do not make the file (another ${file.digest.kind}); it is begun again`);
  }
}

/** The reply is about the file that was listed: by the Hub's ETag where it is a digest of the same kind, and by its length. */
function checkReply(reply: HubReply, { path, digest, bytes }: RemoteFile): void {
  const etag = reply.etag?.toLowerCase() ?? "";
  if (/^[0-9a-f]+$/.test(etag) && etag.length === digest.hex.length && etag !== digest.hex)
    throw new FileChanged(path, "was replaced on the server while it was fetched; run again, it is begun anew");
  const length = reply.headers["content-length"];
  if (reply.status === 200 && length !== undefined && Number(length) !== bytes)
    throw new BadReply(`${reply.url.host} sends ${shown(length)} bytes for ${path}, which has ${bytes}`);
}

/** `Content-Range: bytes FROM-TO/ALL`: RFC 9110, 14.4. */
function checkRange(reply: HubReply, { path, bytes }: RemoteFile, from: number): void {
  const header = reply.headers["content-range"] ?? "";
  const match = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(header);
  if (match === null || Number(match[1]) !== from || (match[3] !== "*" && Number(match[3]) !== bytes))
    throw new BadReply(
      `${reply.url.host} was asked for ${path} from byte ${from} of ${bytes} and sends "${shown(header)}"`,
    );
}

async function* untilCut(reply: HubReply, path: string): AsyncIterable<Uint8Array> {
  try {
    yield* reply.body;
  } catch (error) {
    throw new TryAgain(`${path}: ${reply.url.host} cut the connection (${shown((error as Error).message)})`);
  }
}
