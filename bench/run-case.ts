// The child process: one case, once; sends what it measured.

import { CASES } from './cases.ts';
import type { Workload } from './workspace.ts';

const [name, workload] = process.argv.slice(2);
const found = CASES.find((candidate) => candidate.name === name);
if (found === undefined) throw new Error(`no case "${name}"`);
const load: Workload = JSON.parse(workload!);
process.send!(await found.run(load));
process.disconnect();
