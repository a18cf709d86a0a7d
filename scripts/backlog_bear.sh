#!/usr/bin/env bash
# The whole backlog, from wherever the last run ended. Reads CONFIG_PATH, ARTIFACT_ROOT, TARGET_ROOT, PREFIX,
# MESSINESS_LEVEL, START_DATE, END_DATE, CHUNK_SIZE, ID_STATE_FILE, CHECKPOINT_FILE and the rest of docs/cli.md;
# options go through to `ecomlake backlog-bear`. Folders that are not given are this checkout's, from any folder.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
export CONFIG_PATH="${CONFIG_PATH:-$root/gen_config/ecom_sales_gen_quick.yaml}"
export ARTIFACT_ROOT="${ARTIFACT_ROOT:-$root/artifacts}"
export TARGET_ROOT="${TARGET_ROOT:-$root/output/raw}"

# The Node that came with the dependencies, where there is one.
PATH="$root/node_modules/.bin:$PATH" exec node "$root/bin/ecomlake.js" backlog-bear "$@"
