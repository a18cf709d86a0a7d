#!/usr/bin/env bash
# Fills the lake with the whole backlog, and carries on where it ended when called again.
# Variables: CONFIG_PATH, ARTIFACT_ROOT, TARGET_ROOT, BUCKET, PREFIX, MESSINESS_LEVEL, START_DATE, END_DATE, CHUNK_SIZE,
# ID_STATE_FILE, CHECKPOINT_FILE, POST_EXPORT_HOOK; options go on to `ecomlake backlog-bear`.
# Paths are relative to the repository, wherever this is called from.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
# The Node that came with `npm install`, when there is one.
PATH="$PWD/node_modules/.bin:$PATH" exec node bin/ecomlake.js backlog-bear "$@"
