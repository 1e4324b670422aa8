/** What can go wrong between the Hub and the disk. Each says what is kept and what to do next; none carries a token or a signed address. */

/** No answer, or none that is of use, after several tries. What was fetched is kept. */
export class HubUnreachable extends Error {
  override readonly name = "HubUnreachable";
  readonly code = "hub-unreachable";
}

/** The Hub knows the file and does not give it to this user: terms to accept, a token to set. */
export class AccessDenied extends Error {
  override readonly name = "AccessDenied";
  readonly code = "access-denied";
}

/** There is no such repo, revision or file. `lines`: what there is. */
export class NotOnHub extends Error {
  override readonly name = "NotOnHub";
  readonly code = "not-on-hub";
  readonly lines: readonly string[];
  constructor(message: string, lines: readonly string[] = []) {
    super(message);
    this.lines = lines;
  }
}

/** The server says something that cannot be true, or that nobody should act on: paths, sizes, redirects. */
export class BadReply extends Error {
  override readonly name = "BadReply";
  readonly code = "bad-hub-reply";
}

/** All bytes came and they are not the file's. They are thrown away. */
export class ChecksumMismatch extends Error {
  override readonly name = "ChecksumMismatch";
  readonly code = "checksum-mismatch";
}

/** Under the final name lies something else, or another process is at work on it. Nothing is overwritten. */
export class FileInTheWay extends Error {
  override readonly name = "FileInTheWay";
  readonly code = "file-in-the-way";
}

/** The disk has no room for what is asked. */
export class NoDiskSpace extends Error {
  override readonly name = "NoDiskSpace";
  readonly code = "no-disk-space";
}
