/** What `weir` returns to its shell. docs/errors.md lists them. */
export const EXIT = {
  ok: 0,
  failure: 1,
  usage: 2,
  invalidWorkflow: 3,
  doesNotFit: 4,
  missingModel: 5,
  /** 128 + SIGINT, as shells count. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
