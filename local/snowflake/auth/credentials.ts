import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { hashPassword, hashToken } from './password.ts';
import { StoredUser } from './users.ts';

/** What a client needs to log in to the stand-in. */
export interface StandInCredentials {
  readonly account: string;
  readonly user: string;
  readonly password: string;
  /** PKCS#8 PEM, readable by its owner only. */
  readonly privateKeyPath: string;
  readonly pat: string;
  readonly database: string;
  readonly schema: string;
  readonly warehouse: string;
  readonly role: string;
}

const ACCOUNT = 'local';
const USER = 'SNOWMELT';
const DEFAULTS = {
  database: 'SNOWMELT',
  schema: 'PUBLIC',
  warehouse: 'COMPUTE_WH',
  role: 'SYSADMIN',
};

const UsersFile = z.object({ account: z.string(), users: z.array(StoredUser).min(1) });

const files = (dataDir: string) => {
  const dir = resolve(dataDir, 'credentials');
  return {
    dir,
    privateKey: join(dir, 'private-key.pem'),
    password: join(dir, 'password'),
    pat: join(dir, 'pat'),
    /** Hashes and public keys only: what the server checks against. */
    users: resolve(dataDir, 'users.json'),
  };
};

const secret = (length: number): string => randomBytes(length).toString('base64url');

async function writePrivate(path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o600 });
  await chmod(path, 0o600);
}

/**
 * Makes the key pair, the password and the token; the users file comes last, so that a crash leaves
 * no half of it.
 */
async function createCredentials(dataDir: string): Promise<void> {
  const paths = files(dataDir);
  await mkdir(paths.dir, { recursive: true, mode: 0o700 });
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const password = secret(18);
  const pat = `snowmelt-pat-${secret(32)}`;
  await writePrivate(
    paths.privateKey,
    privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  );
  await writePrivate(paths.password, password);
  await writePrivate(paths.pat, pat);
  const user: StoredUser = {
    name: USER,
    password: hashPassword(password),
    rsaPublicKeys: [publicKey.export({ format: 'pem', type: 'spki' }).toString()],
    patHashes: [hashToken(pat)],
    defaults: DEFAULTS,
  };
  const document = { account: ACCOUNT, users: [user] };
  await writePrivate(paths.users, `${JSON.stringify(document, null, 2)}\n`);
}

async function readUsersFile(dataDir: string): Promise<z.infer<typeof UsersFile> | undefined> {
  try {
    return UsersFile.parse(JSON.parse(await readFile(files(dataDir).users, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export interface OpenedCredentials {
  readonly account: string;
  readonly users: readonly StoredUser[];
  readonly credentials: StandInCredentials;
}

/**
 * The credentials of a data directory; made on the first start, the same ones on every later start.
 */
export async function openCredentials(dataDir: string): Promise<OpenedCredentials> {
  if ((await readUsersFile(dataDir)) === undefined) await createCredentials(dataDir);
  const stored = await readUsersFile(dataDir);
  const user = stored?.users[0];
  if (stored === undefined || user === undefined) {
    throw new Error(
      `Cannot open the stand-in's users: ${files(dataDir).users} is empty. Delete it.`,
    );
  }
  const paths = files(dataDir);
  createPublicKey(await readFile(paths.privateKey, 'utf8'));
  return {
    ...stored,
    credentials: {
      account: stored.account,
      user: user.name,
      password: await readFile(paths.password, 'utf8'),
      privateKeyPath: paths.privateKey,
      pat: await readFile(paths.pat, 'utf8'),
      ...user.defaults,
    },
  };
}
