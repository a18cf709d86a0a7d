// This machine's side of a backlog: ID state and checkpoint as they lie on the disk.

import { readCheckpoint } from './checkpoint.ts';
import { readIdState } from './id-state.ts';
import type { StateOnDisk } from './reconcile.ts';

/** The settings that say where it is and what it began with. */
interface StatePlace {
  readonly idStateFile: string;
  readonly checkpointFile: string;
  readonly startDate: number;
}

/** Throws a UserError when a file is there that is not what it should be. */
export function readStateOnDisk({ idStateFile, checkpointFile, startDate }: StatePlace): StateOnDisk {
  return {
    statePath: idStateFile,
    checkpointPath: checkpointFile,
    state: readIdState(idStateFile),
    checkpointDay: readCheckpoint(checkpointFile),
    startDay: startDate,
  };
}
