export interface PutOptions {
  /** Lower-case hex; the store refuses content that does not have it. */
  readonly sha256?: string;
  /** Writes only when the key holds nothing yet. */
  readonly ifAbsent?: boolean;
}

/** Objects of one bucket by key. */
export interface ObjectStore {
  /** Name of the bucket. */
  readonly bucket: string;
  /** Stores a text; false when `ifAbsent` was asked and the key already holds something. */
  putText(key: string, text: string, options?: PutOptions): Promise<boolean>;
  /** Stores a file's content. */
  putFile(key: string, path: string, options?: PutOptions): Promise<void>;
  /** Saves an object's content to a file; false when there is none. */
  getFile(key: string, path: string): Promise<boolean>;
  /** The text under a key, or null when there is none. */
  getText(key: string): Promise<string | null>;
  /** Whether a key holds something. */
  has(key: string): Promise<boolean>;
  /** Removes what a key holds; a key that holds nothing is left alone. */
  remove(key: string): Promise<void>;
  /** Keys that begin with a prefix, in order. */
  list(prefix: string): Promise<readonly string[]>;
}
