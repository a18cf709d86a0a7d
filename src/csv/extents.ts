// Where a partition's rows lie in a CSV file: extents, runs of rows that follow each other.

/** `bytes` of a file from `offset` on: whole rows of one partition. */
export interface Extent {
  readonly offset: number;
  readonly bytes: number;
  readonly rows: number;
  /** Line number of its first row. */
  readonly firstLine: number;
}

const FIELDS = 5;

/** The extents of one file, in flat memory: a shuffled file has one a row. */
export class ExtentList {
  /** Partition values by id. A child's list shares its parent's. */
  readonly values: string[];
  /** Value id, offset, bytes, rows, first line of each extent. */
  #data = new Float64Array(FIELDS * 64);
  #count = 0;
  /** Extents sorted by value id, and where each id's begin; made on first use. */
  #order: Uint32Array | undefined;
  #starts: Uint32Array | undefined;

  constructor(values: string[]) {
    this.values = values;
  }

  add(valueId: number, offset: number, bytes: number, rows: number, firstLine: number): void {
    if ((this.#count + 1) * FIELDS > this.#data.length) {
      const grown = new Float64Array(this.#data.length * 2);
      grown.set(this.#data);
      this.#data = grown;
    }
    this.#data.set([valueId, offset, bytes, rows, firstLine], this.#count++ * FIELDS);
  }

  /** In the file's order. */
  extentsOf(valueId: number): Extent[] {
    if (this.#order === undefined) this.#group();
    const data = this.#data;
    return Array.from(this.#order!.subarray(this.#starts![valueId], this.#starts![valueId + 1]), (extent) => {
      const at = extent * FIELDS;
      return { offset: data[at + 1]!, bytes: data[at + 2]!, rows: data[at + 3]!, firstLine: data[at + 4]! };
    });
  }

  /** Rows of each value id. */
  countRows(): Float64Array {
    const rows = new Float64Array(this.values.length);
    for (let at = 0; at < this.#count * FIELDS; at += FIELDS) rows[this.#data[at]!]! += this.#data[at + 3]!;
    return rows;
  }

  #group(): void {
    const starts = new Uint32Array(this.values.length + 1);
    for (let i = 0; i < this.#count; i++) starts[this.#data[i * FIELDS]! + 1]!++;
    for (let id = 0; id < this.values.length; id++) starts[id + 1]! += starts[id]!;
    const next = starts.slice();
    const order = new Uint32Array(this.#count);
    for (let i = 0; i < this.#count; i++) order[next[this.#data[i * FIELDS]!]!++] = i;
    this.#order = order;
    this.#starts = starts;
  }
}

/** Turns rows, given one after the other with their value's id, into extents of a list. */
export class ExtentRuns {
  readonly #list: ExtentList;
  #valueId = -1;
  #offset = 0;
  #rows = 0;
  #firstLine = 0;

  constructor(list: ExtentList) {
    this.#list = list;
  }

  /** -1 stands for a value that is not wanted. */
  addRow(valueId: number, offset: number, line: number): void {
    if (valueId !== this.#valueId) {
      this.end(offset);
      this.#valueId = valueId;
      this.#offset = offset;
      this.#firstLine = line;
    }
    this.#rows++;
  }

  /** The rows end at `offset`. */
  end(offset: number): void {
    if (this.#valueId >= 0) this.#list.add(this.#valueId, this.#offset, offset - this.#offset, this.#rows, this.#firstLine);
    this.#valueId = -1;
    this.#rows = 0;
  }
}
