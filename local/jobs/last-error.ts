const TRACEBACK = 'Traceback (most recent call last):';
const ERROR_LINE = /^[A-Za-z_][\w.]*(?::|$)/;
const LONGEST = 2000;

/** `module.Name: text` as `Name: text`, the way Glue shows it. */
const withoutModule = (line: string): string => line.replace(/^(?:\w+\.)+(?=\w+(?::|$))/, '');

/**
 * What a Python process ended with: the line after the frames of its last traceback, and the lines
 * of that message (py4j puts the Java exception there). Undefined when there is no traceback.
 */
export function lastPythonError(text: string): string | undefined {
  const start = text.lastIndexOf(TRACEBACK);
  if (start < 0) return undefined;
  const lines = text
    .slice(start + TRACEBACK.length)
    .split('\n')
    .slice(1);
  const at = lines.findIndex((line) => ERROR_LINE.test(line));
  const first = lines[at];
  if (first === undefined) return undefined;
  const java = lines[at + 1]?.startsWith(': ') ? ` ${lines[at + 1]?.slice(2)}` : '';
  return `${withoutModule(first)}${java}`.trim().slice(0, LONGEST);
}
