import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderFiles } from '#functions/status-page/web-files.ts';

describe('folderFiles', () => {
  const parent = mkdtempSync(join(tmpdir(), 'web-files-'));
  const root = join(parent, 'dist');
  writeFileSync(join(parent, 'secret.txt'), 'secret');

  it('reads files below its root only', async () => {
    const files = folderFiles(parent);

    expect(Buffer.from((await files('secret.txt')) ?? []).toString()).toBe('secret');
    expect(await folderFiles(root)('../secret.txt')).toBeNull();
    expect(await folderFiles(root)('a/../../secret.txt')).toBeNull();
    expect(await files('gone.txt')).toBeNull();
  });
});
