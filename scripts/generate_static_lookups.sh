#!/usr/bin/env bash
# The static lookups, customers and products. Reads CONFIG_PATH, ARTIFACT_ROOT, SEED and SCALE; options go through
# to `ecomlake generate-lookups`, such as --force. Folders that are not given are this checkout's, from any folder.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
export CONFIG_PATH="${CONFIG_PATH:-$root/gen_config/ecom_sales_gen_quick.yaml}"
export ARTIFACT_ROOT="${ARTIFACT_ROOT:-$root/artifacts}"

# The Node that came with the dependencies, where there is one.
PATH="$root/node_modules/.bin:$PATH" exec node "$root/bin/ecomlake.js" generate-lookups "$@"
