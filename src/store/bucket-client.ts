// The objects of one bucket: every request retried, every upload checked, every change bound to a generation.

import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { File, FileMetadata } from '@google-cloud/storage';
import { EXIT, UserError } from '../lib/errors.ts';
import { describeFsError } from '../lib/files.ts';
import { formatDuration } from '../lib/numbers.ts';
import { crc32cBase64 } from '../parquet/partition.ts';
import { Connection, type ConnectionOptions } from './connect-storage.ts';
import { ConflictError, credentialsError, ExpiredError, missingBucket, MissingError, translateError } from './gcs-errors.ts';
import { TransientError, withRetry, type RetryOptions } from './retry.ts';

/** From here on a part is sent in a session of its own, and read from the disk in pieces. */
const LARGE_BYTES = 4 * 2 ** 20;
const LIST_PAGE = 1000;
const OBJECT_FIELDS = 'name,size,crc32c,generation';
/** Times the bucket may store something else than was sent before that is no accident any more. */
const MAX_MISMATCHES = 5;
/** A token that others renew at the same time may be refused more than once. */
const MAX_RENEWALS = 3;

export interface ObjectInfo {
  readonly name: string;
  readonly bytes: number;
  /** Base64, as in the manifest. */
  readonly crc32c: string;
  /** A number too large for a double: changes with every write. */
  readonly generation: string;
}

/** What an object is to hold; `path` for what is too large to be held in memory. */
export interface ObjectContent {
  readonly body: Buffer | { readonly path: string };
  readonly bytes: number;
  readonly crc32c: string;
}

/** The generation of an object that is not there. */
export const ABSENT = '0';

export interface BucketOptions extends ConnectionOptions, RetryOptions {
  readonly bucket: string;
}

/** All methods throw UserErrors (exit 3) for what a rerun can resume, ConflictError where the generation differs. */
export class BucketClient {
  readonly bucket: string;
  readonly connection: Connection;
  private readonly options: BucketOptions;

  constructor(options: BucketOptions, connection = new Connection(options)) {
    this.bucket = options.bucket;
    this.options = options;
    this.connection = connection;
  }

  /** The same bucket under another signal, budget or patience. */
  with(options: Partial<RetryOptions & ConnectionOptions>): BucketClient {
    return new BucketClient({ ...this.options, ...options }, options.requestTimeoutMs === undefined ? this.connection : undefined);
  }

  address(name = ''): string {
    return `gs://${this.bucket}/${name}`;
  }

  /** In order of name. `from` and `to` bound the names: from <= name < to. */
  async *list(prefix: string, { from, to }: { from?: string; to?: string } = {}): AsyncGenerator<ObjectInfo> {
    const bucket = this.connection.storage.bucket(this.bucket);
    const query = {
      prefix,
      autoPaginate: false,
      maxResults: LIST_PAGE,
      fields: `nextPageToken,items(${OBJECT_FIELDS})`,
      ...(from === undefined ? {} : { startOffset: from }),
      ...(to === undefined ? {} : { endOffset: to }),
    };
    let pageToken: string | undefined;
    do {
      const [files, next] = await this.request(`listing ${this.address(prefix)}`, this.address(prefix), () =>
        this.inBucket(this.inTime(bucket.getFiles({ ...query, ...(pageToken === undefined ? {} : { pageToken }) }))),
      );
      // With `fields` the client hands over the answer's items as they are.
      for (const item of files as unknown as FileMetadata[]) yield infoOf(String(item.name), item);
      pageToken = (next as { pageToken?: string } | null)?.pageToken;
    } while (pageToken !== undefined);
  }

  /** Undefined when there is no such object. */
  stat(name: string): Promise<ObjectInfo | undefined> {
    return this.request(`looking at ${this.address(name)}`, this.address(name), () => this.statOnce(name));
  }

  /** The object's bytes, checked against its checksum; undefined when there is none. */
  async read(name: string): Promise<Buffer | undefined> {
    const where = this.address(name);
    return this.request(`reading ${where}`, where, async () => {
      const found = await this.download(name);
      if (found === undefined) return undefined;
      const sum = found.crc32c ?? (await this.statOnce(name))?.crc32c;
      if (sum !== crc32cBase64(found.bytes)) throw new TransientError('the bytes that came are not those that are stored');
      return found.bytes;
    });
  }

  /**
   * Writes an object if its generation still is `generation`. A lost answer is no failure: what is stored counts.
   * Returns once the store's size and checksum are those of `content`.
   */
  async write(name: string, content: ObjectContent, generation: string): Promise<ObjectInfo> {
    const where = this.address(name);
    const isIt = (info: ObjectInfo | undefined): boolean => info?.crc32c === content.crc32c && info.bytes === content.bytes;
    let expected = generation;
    let mismatches = 0;
    return this.request(`uploading ${where}`, where, async () => {
      let written: ObjectInfo | undefined;
      try {
        written = await this.inBucket(this.send(name, content, expected));
        if (isIt(written)) return written;
      } catch (error) {
        if (!(translateError(error, where) instanceof ConflictError)) throw error;
      }
      const stored = await this.statOnce(name);
      if (isIt(stored)) return stored!;
      // A second look, so that one garbled answer does not pass for another writer.
      const again = await this.statOnce(name);
      if (isIt(again)) return again!;
      if (written === undefined) throw new ConflictError(`${where} was changed by somebody else`);
      if (++mismatches >= MAX_MISMATCHES) throw storedOtherwise(where, content, written);
      if (again?.generation === written.generation) expected = written.generation;
      throw new TransientError(`stored with checksum ${written.crc32c} instead of ${content.crc32c}`);
    });
  }

  /** Nothing there is fine. */
  async remove({ name, generation }: Pick<ObjectInfo, 'name' | 'generation'>): Promise<void> {
    const where = this.address(name);
    await this.request(`deleting ${where}`, where, async () => {
      try {
        await this.inTime(this.file(name).delete({ ifGenerationMatch: generation }));
      } catch (error) {
        const meaning = translateError(error, where);
        if (meaning instanceof MissingError) return;
        if (!(meaning instanceof ConflictError)) throw error;
        if ((await this.statOnce(name)) === undefined) return;
        throw meaning;
      }
    });
  }

  /** Of those that publishing takes; none where the server does not know of permissions. */
  async missingPermissions(): Promise<string[]> {
    const needed = ['get', 'list', 'create', 'delete'].map((verb) => `storage.objects.${verb}`);
    const { iam } = this.connection.storage.bucket(this.bucket);
    return this.request(`looking at ${this.address()}`, this.address(), async () => {
      try {
        const [held] = await this.inTime(iam.testPermissions(needed));
        return needed.filter((permission) => held[permission] !== true);
      } catch (error) {
        if (translateError(error, this.address()) instanceof MissingError) return [];
        throw error;
      }
    });
  }

  /** Work that fails with 404 only if the bucket itself is not there. */
  private async inBucket<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      const meaning = translateError(error, this.address());
      throw meaning instanceof MissingError ? missingBucket(this.address(), error) : meaning;
    }
  }

  /** The client's own timeout misses answers that are cut off in good order: it would wait for the rest for ever. */
  private async inTime<T>(work: Promise<T>): Promise<T> {
    const { requestTimeoutMs } = this.connection;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new TransientError(`no answer within ${formatDuration(requestTimeoutMs)}`)), requestTimeoutMs);
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  private file(name: string): File {
    return this.connection.storage.bucket(this.bucket).file(name);
  }

  private async statOnce(name: string): Promise<ObjectInfo | undefined> {
    try {
      const file = this.file(name);
      await this.inTime(file.getMetadata());
      return infoOf(name, file.metadata);
    } catch (error) {
      if (translateError(error, this.address(name)) instanceof MissingError) return undefined;
      throw error;
    }
  }

  private async send(name: string, { body, crc32c }: ObjectContent, generation: string): Promise<ObjectInfo> {
    const file = this.file(name);
    const options = {
      resumable: !Buffer.isBuffer(body) && this.connection.hasSessions,
      // The store compares what it got with this sum; the client need not count it again.
      validation: false,
      metadata: { crc32c, contentType: contentType(name) },
      preconditionOpts: { ifGenerationMatch: generation },
    } as const;
    if (Buffer.isBuffer(body)) {
      await this.inTime(file.save(body, options));
    } else {
      const stream = file.createWriteStream(options);
      const stalled = new TransientError('the upload stands still');
      const timer = setTimeout(() => stream.destroy(stalled), this.connection.requestTimeoutMs);
      stream.on('progress', () => timer.refresh());
      try {
        await pipeline(createReadStream(body.path), stream);
      } catch (error) {
        throw error instanceof Error && 'path' in error ? describeFsError(error, body.path) : error;
      } finally {
        clearTimeout(timer);
      }
    }
    return infoOf(name, file.metadata);
  }

  /**
   * By `fetch`: on an error the client's own download tears down the sockets of all requests under way
   * (its agent is shared), and it knows no stalled answer.
   */
  private async download(name: string): Promise<{ bytes: Buffer; crc32c: string | undefined } | undefined> {
    const { storage, requestTimeoutMs } = this.connection;
    const url = `${storage.apiEndpoint}/storage/v1/b/${this.bucket}/o/${encodeURIComponent(name)}?alt=media`;
    const headers = await this.inTime(this.connection.headers());
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), requestTimeoutMs);
    try {
      const response = await fetch(url, { headers, signal: late.signal });
      if (!response.ok) {
        const error = await apiError(response);
        if (translateError(error, this.address(name)) instanceof MissingError) return undefined;
        throw error;
      }
      const pieces: Uint8Array[] = [];
      for await (const piece of response.body ?? []) {
        timer.refresh();
        pieces.push(piece);
      }
      const hashes = response.headers.get('x-goog-hash') ?? '';
      return { bytes: Buffer.concat(pieces), crc32c: /crc32c=([A-Za-z0-9+/]{6}==)/.exec(hashes)?.[1] };
    } finally {
      clearTimeout(timer);
    }
  }

  /** A refused token is renewed; when that does not help, the credentials themselves are at fault. */
  private async request<T>(what: string, where: string, attempt: () => Promise<T>): Promise<T> {
    let renewals = 0;
    return withRetry(what, this.options, async () => {
      try {
        return await attempt();
      } catch (error) {
        const meaning = translateError(error, where);
        if (!(meaning instanceof ExpiredError)) throw meaning;
        if (renewals++ >= MAX_RENEWALS) throw credentialsError(`Cloud Storage answered 401 (${meaning.message})`, error);
        await this.inTime(this.connection.renewToken()).catch((cause: unknown) => {
          throw translateError(cause, where);
        });
        throw new TransientError('the access token has expired', error);
      }
    });
  }
}

/** Content of a small object. */
export function contentOf(body: string | Buffer): ObjectContent & { readonly body: Buffer } {
  const buffer = Buffer.from(body);
  return { body: buffer, bytes: buffer.length, crc32c: crc32cBase64(buffer) };
}

/** Whether an upload of so many bytes is read from the disk as it goes. */
export function isLarge(bytes: number): boolean {
  return bytes > LARGE_BYTES;
}

function infoOf(name: string, { size, crc32c, generation }: FileMetadata): ObjectInfo {
  if (size === undefined || crc32c === undefined || generation === undefined) {
    throw new TransientError(`the answer about ${name} has no size, checksum or generation`);
  }
  return { name, bytes: Number(size), crc32c, generation: String(generation) };
}

function contentType(name: string): string {
  if (name.endsWith('.json')) return 'application/json';
  return name.endsWith('.parquet') ? 'application/vnd.apache.parquet' : 'text/plain';
}

async function apiError(response: Response): Promise<Error> {
  const text = await response.text();
  try {
    const { error } = JSON.parse(text) as { error: { message?: string; errors?: unknown[] } };
    return Object.assign(new Error(error.message ?? text), { code: response.status, errors: error.errors });
  } catch {
    return Object.assign(new Error(text || response.statusText), { code: response.status });
  }
}

function storedOtherwise(where: string, content: ObjectContent, written: ObjectInfo): UserError {
  return new UserError(
    `${where}: ${MAX_MISMATCHES} times the bucket stored other bytes than were sent (CRC32C ${written.crc32c} for ${content.crc32c})`,
    {
      hint: 'Check memory, disk and whatever stands between here and Cloud Storage, then run again: it resumes.',
      exitCode: EXIT.incomplete,
    },
  );
}
