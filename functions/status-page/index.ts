import { createLog } from '#src/runtime/log.ts';
import { readConfig } from '#src/runtime/read-config.ts';
import { awsDeps } from './aws-deps.ts';
import { StatusPageConfig } from './config.ts';
import { createHandler } from './handler.ts';
import { folderFiles } from './web-files.ts';

const config = readConfig(StatusPageConfig);
const log = createLog({ level: config.LOG_LEVEL, fields: { stage: 'status' } });

export const handler = createHandler(awsDeps(config), folderFiles(config.WEB_ROOT), log);
