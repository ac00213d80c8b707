export interface LogQuery {
  readonly group: string;
  /** Exact name, or its beginning when `isPrefix`. Absent: every stream. */
  readonly stream?: { readonly name: string; readonly isPrefix: boolean };
  /** Only lines that contain this text. */
  readonly containing?: string;
  /** ISO 8601 UTC; `to` is not included. */
  readonly from: string;
  readonly to: string;
  readonly limit: number;
}

export interface LogLines {
  readonly lines: readonly { readonly at: string; readonly message: string }[];
  /** True when older lines were left out. */
  readonly isTruncated: boolean;
}

/** Logs of functions and jobs. */
export interface LogReader {
  /** Lines of a time span, oldest first; none when the group or the stream is not there. */
  read(query: LogQuery): Promise<LogLines>;
}
