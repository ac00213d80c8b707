import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { paths } from '#local/setup/paths.ts';

/** Runs Python with the hooks on its path; answers its standard error. */
function python(...lines: string[]): string {
  const run = spawnSync(paths.venvPython, ['-c', lines.join('\n')], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, PYTHONPATH: join(paths.root, 'local', 'aws') },
  });
  return run.stderr;
}

const installing = (module: string, ...sabotage: string[]): string =>
  python(...sabotage, `from ministack_hooks import ${module}`, installs[module] ?? '');

const installs: Readonly<Record<string, string>> = {
  tasks: "tasks.install('http://127.0.0.1:1')",
  lambda_errors: 'lambda_errors.install()',
  recorded_types: 'recorded_types.install()',
  job_calls: "job_calls.install('http://127.0.0.1:1')",
  home_watch: 'home_watch.install()',
  checkpoints: 'checkpoints.install(1)',
};

describe('a hook into the AWS emulator', () => {
  it.each([
    [
      'tasks',
      'from ministack.services import stepfunctions as changed; del changed._SERVICE_DISPATCH',
      'has no ministack.services.stepfunctions._SERVICE_DISPATCH',
    ],
    [
      'lambda_errors',
      "from ministack.core import lambda_runtime as changed; changed._NODEJS_WORKER_SCRIPT = '// new'",
      'in the Node worker script, not one',
    ],
    [
      'recorded_types',
      "from ministack.services.cloudformation import provisioners as changed; changed._RESOURCE_HANDLERS.pop('AWS::Glue::Job')",
      'has no AWS::Glue::Job in the CloudFormation types',
    ],
    ['job_calls', 'import ministack.app as changed; del changed.app', 'has no ministack.app.app'],
    [
      'home_watch',
      'from ministack.core import persistence as changed; del changed.save_state',
      'has no ministack.core.persistence.save_state',
    ],
    [
      'checkpoints',
      'import ministack.app as changed; del changed._build_persistence_save_dict',
      'has no ministack.app._build_persistence_save_dict',
    ],
  ])('%s says what the emulator has changed', (module, sabotage, complaint) => {
    const said = installing(module, sabotage);

    expect(said).toContain('Cannot start the AWS emulator: ministack 1.5.33');
    expect(said).toContain(complaint);
  });

  it.each(Object.keys(installs))('%s fits the emulator that is installed', (module) => {
    expect(installing(module)).not.toContain('Cannot start the AWS emulator');
  });

  it('refuses another version of the emulator', () => {
    const said = python(
      'from ministack_hooks import expectation',
      "expectation.check_version('9.9.9')",
    );

    expect(said).toContain('is installed as 9.9.9, the hooks are written for 1.5.33');
  });
});
