/** A file in a stage; `name` is its path below the stage's root. */
export interface StagedFile {
  readonly name: string;
  readonly sizeBytes: number;
  /** MD5 of the content, or S3's ETag: what tells a changed file from one loaded before. */
  readonly contentKey: string;
  readonly modifiedAt: Date;
}

/** Where the files of a stage are. Every failure is a SnowflakeError. */
export interface StageStore {
  /** Files whose path starts with the prefix, by name. */
  list(prefix: string): Promise<StagedFile[]>;
  exists(name: string): Promise<boolean>;
  /** A local path of the file's content; below `scratch` when it has to be brought here. */
  fetch(name: string, scratch: string): Promise<string>;
  /** Takes a local file in, over one of that name. */
  put(name: string, localPath: string): Promise<void>;
  remove(name: string): Promise<void>;
}
