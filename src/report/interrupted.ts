// What an aborted signal makes of a report.

import { EXIT, UserError } from '../lib/errors.ts';

export function interruptedReport(): UserError {
  return new UserError('interrupted: no report was written', { hint: 'Run the same command again.', exitCode: EXIT.incomplete });
}
