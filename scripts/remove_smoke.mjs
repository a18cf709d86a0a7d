// Removes what a smoke test has published: `node remove_smoke.mjs <bucket> <prefix>`. No other prefix than one that
// ends in /_smoke, and not while a run is at work there. Needs the built program.

import { resolveRun } from '../dist/commands/resolve-run.js';
import { forEachConcurrent } from '../dist/lib/files.js';
import { withBucket } from '../dist/pipeline/bucket-session.js';

const REMOVALS_IN_FLIGHT = 32;

const fx = {
  emit: ({ type, message }) => {
    if (type === 'note' || type === 'warning') process.stderr.write(`${message}\n`);
  },
  clock: () => new Date(),
  signal: new AbortController().signal,
};

try {
  const [bucket, prefix] = process.argv.slice(2);
  const { settings } = resolveRun({ globalFlags: {}, environment: process.env, fx }, { bucket, prefix });
  if (!bucket || !settings.prefix.endsWith('/_smoke')) {
    fail(`gs://${bucket}/${settings.prefix}: only what a smoke test left is removed, below a prefix that ends in /_smoke`, 2);
  } else {
    await withBucket(settings, fx, 'smoke test', removeAll);
  }
} catch (error) {
  fail([error.message, error.hint].filter(Boolean).join('\n'), error.exitCode ?? 1);
}

/** The lease goes when it is given back. */
async function removeAll({ client, store, state }) {
  const prefix = store.location.slice(client.address().length);
  const objects = [];
  for await (const object of client.list(`${prefix}/`)) if (object.name !== state.nameOf('lease')) objects.push(object);
  await forEachConcurrent(objects, REMOVALS_IN_FLIGHT, (object) => client.remove(object));
  process.stdout.write(`Removed ${objects.length} objects of ${store.location}\n`);
}

function fail(message, exitCode) {
  process.stderr.write(`error: ${message}\n`);
  process.exitCode = exitCode;
}
