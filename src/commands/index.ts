// Every command, in the order of the help page.

import { backlogBear } from './backlog-bear.ts';
import type { Command } from './command.ts';
import { doctor } from './doctor.ts';
import { exportRaw } from './export-raw.ts';
import { generateLookups } from './generate-lookups.ts';
import { report } from './report.ts';
import { runGenerator } from './run-generator.ts';
import { score } from './score.ts';
import { status } from './status.ts';
import { uploadRaw } from './upload-raw.ts';
import { verify } from './verify.ts';

export const COMMANDS: readonly Command[] = [
  backlogBear,
  verify,
  report,
  score,
  status,
  doctor,
  generateLookups,
  runGenerator,
  exportRaw,
  uploadRaw,
];
