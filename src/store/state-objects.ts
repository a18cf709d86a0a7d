// What lies beside a lake in its bucket: the state of the run that makes it.

/** Below the prefix; no table has such a name. */
export const STATE_FOLDER = '_state';

/** `lease` comes and goes with a run. */
export const STATE_OBJECTS = {
  idState: `${STATE_FOLDER}/id_state.json`,
  lake: `${STATE_FOLDER}/lake.json`,
  checkpoint: `${STATE_FOLDER}/backlog_checkpoint`,
  lease: `${STATE_FOLDER}/lease.json`,
} as const;
