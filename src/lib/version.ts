// The version of the data model. It changes only when bytes of a lake change for the same settings.

/** A lake begun under one model version is not continued under another. */
export const MODEL_VERSION = 1;
