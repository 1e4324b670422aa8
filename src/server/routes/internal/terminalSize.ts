/** The size of a terminal that is none, as clients of the log expect one. */
export const TERMINAL_SIZE = { cols: 120, rows: 40 };
