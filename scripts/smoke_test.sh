#!/usr/bin/env bash
# Runs the backlog over a reduced window (two months at full scale, or SCALE) in a scratch folder, checks what came
# out and clears it away. Your own artifacts, checkpoint and lake are not touched. A failure keeps the log.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
export PATH="$root/node_modules/.bin:$PATH"
scratch="$(mktemp -d "${TMPDIR:-/tmp}/ecomlake_smoke.XXXXXX")"
log="$scratch.log"
test_script="$root/scripts/backlog_bear_test.sh"

finish() {
  local code=$?
  trap - EXIT INT TERM
  rm -rf "$scratch" "$test_script"
  if ((code == 0)); then
    rm -f "$log"
  else
    echo "Smoke test failed (exit code $code). The end of its log, $log:" >&2
    tail -n 20 "$log" >&2 || true
  fi
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Everything of the user's that could point elsewhere is replaced or dropped.
export ARTIFACT_ROOT="$scratch/artifacts" TARGET_ROOT="$scratch/output/raw"
unset ID_STATE_FILE CHECKPOINT_FILE POST_EXPORT_HOOK KEEP_CSV
bucket="${BUCKET:-}"
unset BUCKET

cat >"$test_script" <<'SCRIPT'
#!/usr/bin/env bash
# Written by smoke_test.sh: the backlog over its first two months.
set -euo pipefail
export START_DATE=2020-01-01 END_DATE=2020-02-29
exec "$(dirname "${BASH_SOURCE[0]}")/backlog_bear.sh" "$@"
SCRIPT
chmod +x "$test_script"

# Shown, and kept for a failure.
step() {
  echo "== $1" | tee -a "$log"
  shift
  "$@" 2> >(tee -a "$log" >&2) | tee "$scratch/step.txt"
  cat "$scratch/step.txt" >>"$log"
}
identity() {
  grep -Eo '[0-9a-f]{64}' "$scratch/step.txt"
}

started=$SECONDS
step 'Backlog, 2020-01-01 to 2020-02-29' "$test_script"
first="$(identity)"
step 'Run again: nothing is left to do' "$test_script"
if [[ "$(identity)" != "$first" ]]; then
  echo 'The second run changed the lake.' | tee -a "$log" >&2
  exit 4
fi
step 'Verify' node "$root/bin/ecomlake.js" verify --source "$TARGET_ROOT" --artifact-root "$ARTIFACT_ROOT"

echo '== Publish'
if [[ -n "$bucket" ]]; then
  echo "Skipped: BUCKET is $bucket, but publishing is not in this version yet."
else
  echo 'Skipped: publishing is not in this version yet.'
fi

partitions="$(find "$TARGET_ROOT" -name _SUCCESS | wc -l)"
echo '== Summary'
echo "Smoke test passed in $((SECONDS - started)) s: $((partitions)) partitions made and verified, $(du -sh "$TARGET_ROOT" | cut -f1) on disk, all cleared away."
