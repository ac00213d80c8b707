import type { RunDetail } from '#src/model/status.ts';
import { formatBytes, formatCount } from '../format.ts';
import { Section, TableBox } from './section.tsx';

const short = (at: string | null): string => at?.replace(/[.]0+$/, '') ?? 'the beginning';

/** What was extracted: each manifest's window, and rows at the source against rows in the files. */
export function ManifestTable({ manifests }: Pick<RunDetail, 'manifests'>) {
  if (manifests.length === 0) return null;
  const rows = manifests.reduce((sum, { manifest }) => sum + manifest.rows, 0);
  return (
    <Section title="Bronze" note={`${formatCount(rows)} rows extracted`}>
      <TableBox label="Manifests">
        <thead>
          <tr>
            <th scope="col">Query</th>
            <th scope="col">From</th>
            <th scope="col">To</th>
            <th scope="col" class="num">
              At the source
            </th>
            <th scope="col" class="num">
              In files
            </th>
            <th scope="col" class="num">
              Files
            </th>
            <th scope="col" class="num">
              Size
            </th>
          </tr>
        </thead>
        <tbody>
          {manifests.map(({ key, manifest }) => (
            <tr key={key}>
              <th scope="row">{manifest.query}</th>
              <td class="code">{manifest.window === null ? 'all' : short(manifest.window.from)}</td>
              <td class="code">{manifest.window === null ? 'all' : short(manifest.window.to)}</td>
              <td class="num">{formatCount(manifest.sourceRows)}</td>
              <td class={manifest.rows === manifest.sourceRows ? 'num' : 'num bad-text'}>
                {formatCount(manifest.rows)}
              </td>
              <td class="num">{manifest.files.length}</td>
              <td class="num">
                {formatBytes(manifest.files.reduce((sum, file) => sum + file.bytes, 0))}
              </td>
            </tr>
          ))}
        </tbody>
      </TableBox>
    </Section>
  );
}
