import { PREPARATIONS, SUBJECTS } from './subjects.ts';

/**
 * Runs one subject once, in a process of its own: its time without the process's start, and its
 * peak memory.
 */
const [, , name = '', rows = '0', url = ''] = process.argv;
const subject = SUBJECTS[name];
if (subject === undefined) throw new Error(`there is no subject "${name}"`);

await PREPARATIONS[name]?.();
const startedAt = performance.now();
const written = await subject(Number(rows), url);
const seconds = (performance.now() - startedAt) / 1000;
if (written !== Number(rows)) throw new Error(`${name} wrote ${written} of ${rows} rows`);
const peakRssMb = Math.round(process.resourceUsage().maxRSS / 1024);
process.stdout.write(`\nMEASURED ${JSON.stringify({ seconds, peakRssMb })}\n`);
process.exit(0);
