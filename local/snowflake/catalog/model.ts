import type { FileFormat } from '../copy/file-format.ts';
import type { SnowflakeType } from '../types.ts';

/**
 * What the stand-in knows of each object. `database` and `schema` are null where the object has
 * none.
 */
interface ObjectBase {
  readonly id: number;
  readonly database: string | null;
  readonly schema: string | null;
  readonly name: string;
  readonly owner: string;
  readonly comment: string | null;
  readonly createdAt: Date;
  readonly alteredAt: Date;
}

export interface Identity {
  readonly start: number;
  readonly increment: number;
  readonly isOrdered: boolean;
  /** DuckDB name of the sequence that numbers the rows. */
  readonly sequence: string;
}

export interface CatalogColumn {
  readonly name: string;
  readonly type: SnowflakeType;
  readonly nullable: boolean;
  readonly comment: string | null;
  /** DEFAULT as the user wrote it, and in DuckDB's dialect. */
  readonly defaultText: string | null;
  readonly defaultSql: string | null;
  readonly identity: Identity | null;
}

export type ConstraintKind = 'PRIMARY KEY' | 'UNIQUE' | 'FOREIGN KEY';

/** Declared and shown, not enforced, as in Snowflake. */
export interface Constraint {
  readonly kind: ConstraintKind;
  readonly name: string;
  readonly columns: readonly string[];
  readonly references: {
    readonly table: readonly string[];
    readonly columns: readonly string[];
  } | null;
}

export interface TableObject extends ObjectBase {
  readonly kind: 'TABLE';
  readonly persistence: 'permanent' | 'transient' | 'temporary';
  readonly columns: readonly CatalogColumn[];
  readonly constraints: readonly Constraint[];
  readonly clusterBy: string | null;
  readonly retentionDays: number;
  readonly isChangeTracked: boolean;
  /** Since when; since always when absent. Epoch milliseconds. */
  readonly trackedSince?: number;
  /** MAX_DATA_EXTENSION_TIME_IN_DAYS: how long streams keep history alive; 14 when absent. */
  readonly extensionDays?: number;
  /** How often its columns have changed; 0 when absent. */
  readonly generation?: number;
}

export interface ViewObject extends ObjectBase {
  readonly kind: 'VIEW';
  /** The statement that made it, and its query. */
  readonly text: string;
  readonly query: string;
  readonly isSecure: boolean;
  readonly columns: readonly CatalogColumn[];
}

export interface SequenceObject extends ObjectBase {
  readonly kind: 'SEQUENCE';
  readonly start: number;
  readonly increment: number;
  readonly isOrdered: boolean;
}

/** A stream on a table; where it stands is in `_sf.stream_offsets`. */
export interface StreamObject extends ObjectBase {
  readonly kind: 'STREAM';
  readonly tableId: number;
  /** Name of the table when the stream was made. */
  readonly table: QualifiedName;
  readonly isAppendOnly: boolean;
}

export interface DatabaseObject extends ObjectBase {
  readonly kind: 'DATABASE';
  readonly isTransient: boolean;
  readonly retentionDays: number;
}

export interface SchemaObject extends ObjectBase {
  readonly kind: 'SCHEMA';
  readonly isTransient: boolean;
  readonly retentionDays: number;
}

export interface WarehouseObject extends ObjectBase {
  readonly kind: 'WAREHOUSE';
  readonly size: string;
  readonly autoSuspendSeconds: number | null;
  readonly autoResume: boolean;
  readonly isSuspended: boolean;
}

export interface RoleObject extends ObjectBase {
  readonly kind: 'ROLE';
}

/** Keys of an AWS user, as CREDENTIALS of a stage gives them. */
export interface StageCredentials {
  readonly keyId: string;
  readonly secretKey: string;
  readonly token: string | null;
}

/** The format a stage was given: the name of one, or options; neither is CSV with its defaults. */
export interface StageFormat {
  readonly name: readonly string[] | null;
  readonly format: FileFormat | null;
}

export interface StageObject extends ObjectBase {
  readonly kind: 'STAGE';
  readonly isTemporary: boolean;
  /** `s3://bucket/path/` of an external stage, null for an internal one. */
  readonly url: string | null;
  readonly integration: string | null;
  readonly credentials: StageCredentials | null;
  readonly format: StageFormat;
  /** Whether it has a directory table, which is declared here and not filled. */
  readonly hasDirectory: boolean;
}

export interface FileFormatObject extends ObjectBase {
  readonly kind: 'FILE FORMAT';
  readonly isTemporary: boolean;
  readonly format: FileFormat;
}

/** A storage integration for S3. */
export interface IntegrationObject extends ObjectBase {
  readonly kind: 'INTEGRATION';
  readonly isEnabled: boolean;
  readonly roleArn: string;
  readonly allowedLocations: readonly string[];
  readonly blockedLocations: readonly string[];
  /** Of the user that would assume the role, and the id its trust policy would ask for. */
  readonly userArn: string;
  readonly externalId: string;
}

export interface ProcedureArgument {
  readonly name: string;
  readonly type: SnowflakeType;
  readonly defaultText: string | null;
}

/** A procedure in SQL; there is one of a name. */
export interface ProcedureObject extends ObjectBase {
  readonly kind: 'PROCEDURE';
  readonly args: readonly ProcedureArgument[];
  /** Null for RETURNS TABLE (…). */
  readonly returns: SnowflakeType | null;
  /** The block, as it was written. */
  readonly body: string;
}

export type CatalogObject =
  | TableObject
  | ViewObject
  | SequenceObject
  | StreamObject
  | DatabaseObject
  | SchemaObject
  | WarehouseObject
  | RoleObject
  | StageObject
  | FileFormatObject
  | IntegrationObject
  | ProcedureObject;

export type ObjectKind = CatalogObject['kind'];
export type ObjectOf<K extends ObjectKind> = Extract<CatalogObject, { kind: K }>;
export type RelationObject = TableObject | ViewObject;

/**
 * A name in full: three parts for objects in a schema, two for a schema, one for account objects.
 */
export interface QualifiedName {
  readonly database: string | null;
  readonly schema: string | null;
  readonly name: string;
}
