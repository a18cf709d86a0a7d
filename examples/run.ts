// Runs one of the SQL files beside it in the working directory, with the DuckDB that comes with the project.
//
//   npx node examples/run.ts examples/careful.sql && npx ecomlake score --answer cleaned

import { mkdirSync, readFileSync } from 'node:fs';
import { Duck } from '../src/verify/deep/duck.ts';

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('usage: node examples/run.ts <file.sql>');
mkdirSync('cleaned', { recursive: true });
const duck = await Duck.open();
try {
  await duck.run(readFileSync(path, 'utf8'));
} finally {
  await duck.close();
}
