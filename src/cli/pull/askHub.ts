import { RunInterrupted } from "../../library/errors.ts";
import { UsageError } from "../errors.ts";
import { BadReply, HubUnreachable } from "./errors.ts";
import { type HubClient, type HubReply, hubGet } from "./hubGet.ts";
import { type Asked, refusal } from "./refusal.ts";
import { retryAfterMs, TryAgain } from "./retry.ts";
import { shown } from "./shown.ts";
import { unreachable } from "./unreachable.ts";

/** Of a certificate: trying again changes nothing. Source: Node's documentation, "X509 certificate error codes". */
const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY/;

/**
 * `hubGet`, with what is no answer turned into errors: TryAgain for a connection that fails, 429, 5xx, and whatever the servers behind the Hub
 * refuse (their addresses grow old: the next try asks the Hub for a new one); else what `refusal` says. Returns 2xx and 416.
 */
export async function askHub(
  client: HubClient,
  url: URL,
  asked: Asked,
  headers: Readonly<Record<string, string>> = {},
): Promise<HubReply> {
  const reply = await hubGet(client, url, headers).catch((error: unknown) => {
    if (client.signal.aborted) throw new RunInterrupted();
    if (error instanceof BadReply || error instanceof UsageError || error instanceof HubUnreachable) throw error;
    if (UNTRUSTED.test((error as NodeJS.ErrnoException).code ?? ""))
      throw new HubUnreachable(
        `${url.host} shows a certificate that is not trusted: ${shown((error as Error).message)}; behind a company's proxy, name its authority in NODE_EXTRA_CA_CERTS`,
      );
    throw new TryAgain(unreachable(url.host, error));
  });
  if (reply.status === 200 || reply.status === 206 || reply.status === 416) return reply;
  reply.drop();
  const busy = reply.status === 429 || reply.status === 408 || reply.status >= 500;
  if (busy || !reply.fromHub)
    throw new TryAgain(
      `${reply.url.host} answers ${reply.status}`,
      retryAfterMs(reply.headers["retry-after"], new Date()),
    );
  throw refusal(reply, asked, client.hub);
}
