#!/usr/bin/env bash
# Runs the backlog over a reduced window (two months at full scale, or SCALE) in a scratch folder, checks what came
# out and clears it away. The upload is a dry run; with BUCKET it is real, to PREFIX/_smoke (ecom/raw/_smoke), and
# removed again. Your own artifacts, checkpoint and lake are not touched. A failure keeps the log.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
export PATH="$root/node_modules/.bin:$PATH"
scratch="$(mktemp -d "${TMPDIR:-/tmp}/ecomlake_smoke.XXXXXX")"
log="$scratch.log"
test_script="$root/scripts/backlog_bear_test.sh"
published=

finish() {
  local code=$?
  trap - EXIT INT TERM
  if [[ -n "$published" ]]; then
    remove_published >>"$log" 2>&1 || echo "What was published is still under gs://$bucket/$PREFIX." | tee -a "$log" >&2
  fi
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
prefix="${PREFIX:-ecom/raw}"
export PREFIX="${prefix%/}/_smoke"
bucket="${BUCKET:-}"
bucket="${bucket#gs://}"
bucket="${bucket%/}"
unset BUCKET START_DATE END_DATE ID_STATE_FILE CHECKPOINT_FILE POST_EXPORT_HOOK KEEP_CSV

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
ecomlake() {
  node "$root/bin/ecomlake.js" "$@"
}
fail() {
  echo "$1" | tee -a "$log" >&2
  exit 4
}
list_upload() {
  ecomlake upload-raw --all --dry-run | tail -n 2
}
remove_published() {
  node "$root/scripts/remove_smoke.mjs" "$bucket" "$PREFIX"
}

started=$SECONDS
step 'Backlog, 2020-01-01 to 2020-02-29' "$test_script"
first="$(identity)"
step 'Run again: nothing is left to do' "$test_script"
[[ "$(identity)" == "$first" ]] || fail 'The second run changed the lake.'
step 'Verify' ecomlake verify

if [[ -z "$bucket" ]]; then
  step 'Publish, as a dry run: BUCKET is not set' list_upload
else
  step "Clear gs://$bucket/$PREFIX" remove_published
  published=1
  step 'Publish' ecomlake upload-raw --bucket "$bucket" --all
  step 'Publish again: nothing is sent' ecomlake upload-raw --bucket "$bucket" --all
  grep -q '^Sent: *0 objects' "$scratch/step.txt" || fail 'Objects were sent twice.'
  step 'Verify the bucket' ecomlake verify --bucket "$bucket"
  [[ "$(identity)" == "$first" ]] || fail 'The bucket holds another lake.'
  step "Clear gs://$bucket/$PREFIX" remove_published
  published=
fi

partitions="$(find "$TARGET_ROOT" -name _SUCCESS | wc -l)"
echo '== Summary'
echo "Smoke test passed in $((SECONDS - started)) s: $((partitions)) partitions made${bucket:+, published} and verified, $(du -sh "$TARGET_ROOT" | cut -f1) on disk, all cleared away."
