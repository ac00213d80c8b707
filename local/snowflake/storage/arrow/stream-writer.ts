import { type RecordBatch, RecordBatchStreamWriter, type Schema, Table } from 'apache-arrow';

/** Buffers of an Arrow stream end at a multiple of eight bytes. */
const padded = (buffer: ArrayBufferView): ArrayBufferView => {
  if (!(buffer instanceof Int32Array) || buffer.length % 2 === 0) return buffer;
  const longer = new Int32Array(buffer.length + 1);
  longer.set(buffer);
  longer[buffer.length] = buffer[buffer.length - 1] ?? 0;
  return longer;
};

/**
 * Fills the last offsets of texts up with themselves rather than with zeros: the Python connector
 * 4.8 checks that offsets grow, those of the padding included.
 */
class OffsetPaddingWriter extends RecordBatchStreamWriter {
  protected override _writeBodyBuffers(buffers: ArrayBufferView[]): this {
    return super._writeBodyBuffers(buffers.map(padded));
  }
}

/** Record batches as an Arrow IPC stream; without any, the stream is its schema alone. */
export function streamOf(schema: Schema, batches: readonly RecordBatch[]): Buffer {
  const writer = new OffsetPaddingWriter();
  if (batches.length === 0) writer.write(new Table(schema));
  for (const batch of batches) writer.write(batch);
  writer.finish();
  return Buffer.from(writer.toUint8Array(true));
}
