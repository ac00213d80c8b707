import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findJava } from './machine.mjs';
import { paths } from './paths.mjs';

/** The java of the set-up if it brought one, else the machine's. */
export function javaCommand() {
  const brought = join(paths.bundledJavaHome, 'bin', 'java');
  return existsSync(brought) ? brought : findJava().java;
}

/** Where PySpark keeps its jars; Ivy and the compiler Janino are among them. */
export function sparkJarsDir() {
  const code = 'import pyspark; print(pyspark.__path__[0])';
  const { stdout, stderr, status } = spawnSync(paths.venvPython, ['-c', code], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`Cannot find PySpark's jars: ${stderr}`);
  return join(stdout.trim(), 'jars');
}
