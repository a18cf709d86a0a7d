// A record batch as an Arrow IPC stream, the form in which it enters WebAssembly.

import { RecordBatchStreamWriter, type RecordBatch } from 'apache-arrow';

/**
 * Gathers the stream in one buffer that it keeps. Arrow's own way of joining the pieces allocates anew for each batch,
 * and takes two columns over the same memory for one: it drops the second.
 */
class StreamBuffer extends RecordBatchStreamWriter {
  static bytes = new Uint8Array(1 << 20);
  end = 0;

  protected override _write(chunk: ArrayBufferView): this {
    if (!this._started) return this;
    const end = this.end + chunk.byteLength;
    if (end > StreamBuffer.bytes.length) {
      const grown = new Uint8Array(Math.max(end, StreamBuffer.bytes.length * 2));
      grown.set(StreamBuffer.bytes.subarray(0, this.end));
      StreamBuffer.bytes = grown;
    }
    StreamBuffer.bytes.set(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength), this.end);
    this.end = end;
    return this;
  }
}

/** The bytes are valid until the next call in this thread. */
export function toIpcStream(batch: RecordBatch): Uint8Array {
  const writer = new StreamBuffer();
  writer.write(batch);
  writer.finish();
  return StreamBuffer.bytes.subarray(0, writer.end);
}
