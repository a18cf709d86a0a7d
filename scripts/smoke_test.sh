#!/usr/bin/env bash
# Makes two months of the lake in a scratch folder, checks what came out, and removes everything again.
# Never touches the artifacts, checkpoint or lake of the repository. SCALE=0.01 makes it quick.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
export PATH="$PWD/node_modules/.bin:$PATH"

readonly START=2020-01-01 END=2020-02-29 DAYS=60
readonly TEST_SCRIPT=scripts/backlog_bear_test.sh
readonly TABLES=(shopping_carts cart_items orders order_items returns return_items)

SMOKE_DIR="$(mktemp -d "${TMPDIR:-/tmp}/ecomlake-smoke.XXXXXX")"
LOG="$(mktemp "${TMPDIR:-/tmp}/ecomlake-smoke-log.XXXXXX")"
readonly SMOKE_DIR LOG
export SMOKE_DIR
step='starting'

finish() {
  local code=$?
  trap - EXIT
  rm -rf "$SMOKE_DIR" "$TEST_SCRIPT"
  if [ "$code" -eq 0 ]; then
    rm -f "$LOG"
  else
    tail -n 20 "$LOG" >&2
    echo "Smoke test FAILED while $step (exit code $code). The whole log: $LOG" >&2
  fi
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

say() {
  echo "$*" | tee -a "$LOG"
}

fail() {
  say "$*" >&2
  exit 1
}

# The program with nothing in its environment that points outside the scratch folder.
ecomlake() {
  env -u BUCKET -u ARTIFACT_ROOT -u TARGET_ROOT -u ID_STATE_FILE -u CHECKPOINT_FILE -u START_DATE -u END_DATE \
    node bin/ecomlake.js "$@"
}

partitions() {
  find "$SMOKE_DIR/output/raw/$1" -mindepth 1 -maxdepth 1 -type d | wc -l
}

step="writing $TEST_SCRIPT"
cat >"$TEST_SCRIPT" <<SCRIPT
#!/usr/bin/env bash
# Written by smoke_test.sh: the backlog with a reduced window, in a folder of its own.
set -euo pipefail
: "\${SMOKE_DIR:?is set by smoke_test.sh}"
unset BUCKET POST_EXPORT_HOOK
export START_DATE=$START END_DATE=$END
export ARTIFACT_ROOT="\$SMOKE_DIR/artifacts" TARGET_ROOT="\$SMOKE_DIR/output/raw"
export ID_STATE_FILE="\$ARTIFACT_ROOT/.id_state.json" CHECKPOINT_FILE="\$ARTIFACT_ROOT/.backlog_checkpoint"
exec "\$(dirname "\${BASH_SOURCE[0]}")/backlog_bear.sh" "\$@"
SCRIPT
chmod +x "$TEST_SCRIPT"

step='making the lake'
say "Making $START to $END in $SMOKE_DIR ..."
seconds=$SECONDS
"$TEST_SCRIPT" >>"$LOG" 2>&1
made_in=$((SECONDS - seconds))

step='checking the lake'
say 'Checking it ...'
last="$(cat "$SMOKE_DIR/artifacts/.backlog_checkpoint")"
[ "$last" = "$END" ] || fail "The checkpoint says $last, not $END."
for table in "${TABLES[@]}"; do
  found="$(partitions "$table")"
  [ "$found" -eq "$DAYS" ] || fail "$table has $found partitions, not $DAYS."
done
unmarked="$(find "$SMOKE_DIR/output/raw" -mindepth 2 -maxdepth 2 -type d ! -exec test -e '{}/_SUCCESS' \; -print | wc -l)"
[ "$unmarked" -eq 0 ] || fail "$unmarked partitions have no _SUCCESS."
ecomlake verify --source "$SMOKE_DIR/output/raw" --artifact-root "$SMOKE_DIR/artifacts" --deep >>"$LOG" 2>&1

step='running it again'
say 'Running it again: nothing should be left to do ...'
touch "$SMOKE_DIR/before"
sleep 1 # file times may have no more than seconds
"$TEST_SCRIPT" >>"$LOG" 2>&1
changed="$(find "$SMOKE_DIR/output" -type f -newer "$SMOKE_DIR/before" | wc -l)"
[ "$changed" -eq 0 ] || fail "A second run changed $changed files of a complete lake."

step='reading the summary'
say 'Upload: skipped, for this version keeps the lake local.'
say ''
say "Smoke test passed: made in $made_in s, and checked."
for table in customers product_catalog "${TABLES[@]}"; do
  say "$(printf '  %-16s %5d partitions' "$table" "$(partitions "$table")")"
done
say "$(printf '  %-16s %5d MB' 'size' "$(du -sm "$SMOKE_DIR/output" | cut -f1)")"
