/** A test file that must fail, and of it the tests whose names match, where not all are needed. Paths are relative to the repository. */
export interface BugTest {
  readonly file: string;
  readonly name?: string;
}

/**
 * A deliberate bug: `from` occurs once in `where`, a file or a room, and is replaced by `to`. One of `tests` has to notice. Who rewrites the
 * line gives the bug its new text, or takes it out with the code that it was a mistake in.
 */
export interface Bug {
  readonly id: string;
  readonly where: string;
  readonly from: string;
  readonly to: string;
  readonly tests: readonly BugTest[];
}
