#!/usr/bin/env bash
# Builds the static lookups. Variables: CONFIG_PATH, ARTIFACT_ROOT, SEED, SCALE; options go on to `ecomlake generate-lookups`.
# Paths are relative to the repository, wherever this is called from.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
# The Node that came with `npm install`, when there is one.
PATH="$PWD/node_modules/.bin:$PATH" exec node bin/ecomlake.js generate-lookups "$@"
