// Paths into plain data, such as a parsed YAML: `*` stands for any key or index.

export type Path = readonly PropertyKey[];

interface Place {
  readonly value: Record<string, unknown>;
  readonly path: readonly string[];
}

/** The maps and lists at a path. */
export function placesAt(data: unknown, pattern: readonly string[], path: readonly string[] = []): Place[] {
  if (typeof data !== 'object' || data === null) return [];
  const [step, ...rest] = pattern;
  if (step === undefined) return [{ value: data as Record<string, unknown>, path }];
  const keys = step === '*' ? Object.keys(data) : [step];
  return keys.flatMap((key) => placesAt((data as Record<string, unknown>)[key], rest, [...path, key]));
}

export function valueAt(data: unknown, path: Path): unknown {
  let value = data;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return value;
}

/** Sets a value, making the maps on the way; does nothing where something else than a map stands in the way. */
export function setAt(data: object, path: readonly string[], value: unknown): void {
  let place = data as Record<string, unknown>;
  for (const step of path.slice(0, -1)) {
    const next = (place[step] ??= {});
    if (typeof next !== 'object' || next === null) return;
    place = next as Record<string, unknown>;
  }
  place[path.at(-1)!] = value;
}

export function deleteAt(data: unknown, path: Path): void {
  const parent = valueAt(data, path.slice(0, -1));
  if (typeof parent === 'object' && parent !== null) delete (parent as Record<PropertyKey, unknown>)[path.at(-1)!];
}

/** Whether one path leads to the other or beyond it. */
export function overlap(a: Path, b: Path): boolean {
  return a.every((step, i) => i >= b.length || String(step) === String(b[i]));
}

/** Does nothing when the new name is taken. */
export function renameKey(map: Record<string, unknown>, from: string, to: string): void {
  if (from === to || to in map) return;
  map[to] = map[from];
  delete map[from];
}
