/** A test file that must fail, and of it the tests whose names match, where not all are needed. Paths are relative to the repository. */
export interface BugTest {
  readonly file: string;
  readonly name?: string;
}

/** A deliberate bug: `from` occurs once in `file`, and is replaced by `to`. One of `tests` has to notice. */
export interface Bug {
  readonly id: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly tests: readonly BugTest[];
}
