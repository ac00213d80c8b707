import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, gzipSync } from 'node:zlib';

/**
 * Archives that are the same bytes for the same content: files in order of name, no times, no owners.
 *
 * @typedef {{ name: string, content: Buffer }} Entry
 */

const LOCAL_HEADER = 0x04034b50;
const CENTRAL_HEADER = 0x02014b50;
const END_OF_CENTRAL = 0x06054b50;
const VERSION = 20;
/** 1 January 1980, the first day a zip can name. */
const EPOCH = 0x00210000;
const BLOCK = 512;

/** Fields of fixed width, little-endian: pairs of bytes and value. */
function fields(...pairs) {
  const buffer = Buffer.alloc(pairs.reduce((size, [width]) => size + width, 0));
  let offset = 0;
  for (const [width, value] of pairs) offset = buffer.writeUIntLE(value, offset, width);
  return buffer;
}

/**
 * Every file under a folder whose name passes, with names relative to the folder.
 *
 * @param {string} folder
 * @param {(name: string) => boolean} accept
 * @returns {Entry[]}
 */
export function readEntries(folder, accept) {
  const names = readdirSync(folder, { recursive: true }).map(String);
  return names
    .filter(accept)
    .sort()
    .map((name) => ({
      name: name.replaceAll('\\', '/'),
      content: readFileSync(join(folder, name)),
    }));
}

/**
 * A zip of stored (not compressed) entries, as PKWARE's APPNOTE 6.3.10, sections 4.3.7 to 4.3.16, lays it out.
 *
 * @param {Entry[]} entries
 * @returns {Buffer}
 */
export function zip(entries) {
  const bodies = [];
  const directory = [];
  let offset = 0;
  for (const { name, content } of entries) {
    const path = Buffer.from(name);
    const size = content.length;
    const common = [
      [2, VERSION],
      [2, 0],
      [2, 0],
      [4, EPOCH],
      [4, crc32(content)],
      [4, size],
      [4, size],
      [2, path.length],
      [2, 0],
    ];
    const body = Buffer.concat([fields([4, LOCAL_HEADER], ...common), path, content]);
    const rest = [
      [2, 0],
      [2, 0],
      [2, 0],
      [4, 0],
      [4, offset],
    ];
    directory.push(fields([4, CENTRAL_HEADER], [2, VERSION], ...common, ...rest), path);
    bodies.push(body);
    offset += body.length;
  }
  const central = Buffer.concat(directory);
  const count = entries.length;
  const end = [
    [4, END_OF_CENTRAL],
    [2, 0],
    [2, 0],
    [2, count],
    [2, count],
    [4, central.length],
    [4, offset],
    [2, 0],
  ];
  return Buffer.concat([...bodies, central, fields(...end)]);
}

const octal = (value, width) => `${value.toString(8).padStart(width - 1, '0')}\0`;

/** https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06 (ustar) */
function tarHeader({ name, content }) {
  const header = Buffer.alloc(BLOCK);
  header.write(name, 0, 100);
  header.write(octal(0o644, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(content.length, 12), 124);
  header.write(octal(0, 12), 136);
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\0' + '00', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(sum, 7)} `, 148);
  return header;
}

/**
 * A gzipped tar of entries.
 *
 * @param {Entry[]} entries
 * @returns {Buffer}
 */
export function tarGz(entries) {
  const blocks = entries.flatMap((entry) => {
    const padding = Buffer.alloc((BLOCK - (entry.content.length % BLOCK)) % BLOCK);
    return [tarHeader(entry), entry.content, padding];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]), { level: 9 });
}
