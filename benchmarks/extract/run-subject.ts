import { workOf } from './shapes.ts';
import { PREPARATIONS, SUBJECTS } from './subjects.ts';

/**
 * Runs one subject once, in a process of its own: its time without the process's start, and its
 * peak memory.
 */
const [, , name = '', table = '', url = ''] = process.argv;
const work = workOf(table);
const subject = SUBJECTS[name];
if (subject === undefined) throw new Error(`there is no subject "${name}"`);

await PREPARATIONS[name]?.();
const startedAt = performance.now();
const cpu = process.cpuUsage();
const written = await subject(work, url);
const seconds = (performance.now() - startedAt) / 1000;
if (written !== work.rows) throw new Error(`${name} wrote ${written} of ${work.rows} rows`);
const { user, system } = process.cpuUsage(cpu);
const cpuSeconds = (user + system) / 1e6;
const peakRssMb = Math.round(process.resourceUsage().maxRSS / 1024);
process.stdout.write(`\nMEASURED ${JSON.stringify({ seconds, cpuSeconds, peakRssMb })}\n`);
process.exit(0);
