import { RunInterrupted } from "../../library/errors.ts";
import { formatSeconds } from "../progress/formatSeconds.ts";
import { HubUnreachable } from "./errors.ts";
import type { HubClient } from "./hubGet.ts";

/** A try that failed for a reason that may pass: a cut connection, a server that is busy. `waitMs`: what the server asks for. */
export class TryAgain extends Error {
  override readonly name = "TryAgain";
  readonly waitMs: number;
  constructor(message: string, waitMs = 0) {
    super(message);
    this.waitMs = waitMs;
  }
}

/** Tries in a row that bring nothing. */
const TRIES = 6;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;
/** A server that asks for a longer wait is told to the user, who may have better to do. */
const PATIENCE_MS = 300_000;

/**
 * Runs `attempt` until it does not throw TryAgain, waiting 1, 2, 4, 8, 16 s between tries, or what the server asks for. `say` is told of each
 * failure, of the first with how often and how long it goes on. `progressed` says whether the try that failed brought something: then counting
 * begins anew. Throws HubUnreachable after six tries in a row that did not.
 */
export async function retry<T>(
  { world, signal }: HubClient,
  say: (text: string) => void,
  attempt: () => Promise<T>,
  progressed: () => boolean = () => false,
): Promise<T> {
  for (let failures = 1; ; failures++) {
    if (signal.aborted) throw new RunInterrupted();
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted) throw new RunInterrupted();
      if (!(error instanceof TryAgain)) throw error;
      if (progressed()) failures = 1;
      const wait = Math.max(error.waitMs, waitAfter(failures));
      if (error.waitMs > PATIENCE_MS)
        throw new HubUnreachable(
          `${error.message} and asks to wait ${Math.ceil(error.waitMs / 60_000)} min; run the same command after that: what was fetched is kept`,
        );
      if (failures >= TRIES)
        throw new HubUnreachable(
          `${error.message}; ${TRIES} tries in a row failed. What was fetched is kept: run the same command again later (HF_ENDPOINT, HTTPS_PROXY: docs/models.md)`,
        );
      const more = failures === 1 ? ` and up to ${TRIES - 2} times after that, for ${goesOn(wait)} in all` : "";
      say(`${error.message}; again in ${formatSeconds(wait / 1000)}${more}`);
      await world.sleep(wait, signal).catch((reason: unknown) => {
        throw signal.aborted ? new RunInterrupted() : reason;
      });
    }
  }
}

/** Between a try and the next, ms, when nobody asks for more. */
const waitAfter = (failures: number): number => Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1));

/** What is waited from the first failure to the last try, where the server asks for no more than at first: "31 s". */
function goesOn(first: number): string {
  let ms = first;
  for (let failures = 2; failures < TRIES; failures++) ms += waitAfter(failures);
  return `${Math.round(ms / 1000)} s`;
}

/** Seconds, or a date: RFC 9110, 10.2.3. 0 where the header means nothing. */
export function retryAfterMs(header: string | undefined, now: Date): number {
  if (header === undefined) return 0;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? 0 : Math.max(0, at - now.getTime());
}
