// The client of Google Cloud Storage, with credentials found as Google's own tools find them.

import { createRequire } from 'node:module';
import type { Storage } from '@google-cloud/storage';
import { credentialsError } from './gcs-errors.ts';

/** A quarter of a second to load, which a local run need not wait for. */
function loadLibrary(): typeof import('@google-cloud/storage') {
  return createRequire(import.meta.url)('@google-cloud/storage') as typeof import('@google-cloud/storage');
}

export interface ConnectionOptions {
  /** Another server that speaks the JSON API, such as `http://localhost:4443`; undefined: Google's. */
  readonly endpoint: string | undefined;
  /** An answer that takes longer counts as lost. */
  readonly requestTimeoutMs: number;
}

/** Retries are ours (retry.ts), so that budget, jitter and the interruption are the same for every request. */
export class Connection {
  readonly storage: Storage;
  readonly requestTimeoutMs: number;
  /** A server of one's own is asked without a token, unless a key file is named. */
  private readonly usesToken: boolean;
  private readonly isOwnServer: boolean;

  constructor({ endpoint, requestTimeoutMs }: ConnectionOptions) {
    // Looks at the machine, not at the network, to tell whether it is Google's: no wait of seconds elsewhere.
    process.env['METADATA_SERVER_DETECTION'] ??= 'bios-only';
    this.requestTimeoutMs = requestTimeoutMs;
    this.isOwnServer = endpoint !== undefined;
    this.usesToken = endpoint === undefined || Boolean(process.env['GOOGLE_APPLICATION_CREDENTIALS']);
    const library = loadLibrary();
    this.storage = new library.Storage({
      ...(endpoint === undefined ? {} : { apiEndpoint: endpoint }),
      useAuthWithCustomEndpoint: this.usesToken,
      // Objects have addresses without it; left out, the client would spend a second looking for one.
      projectId: 'none',
      timeout: requestTimeoutMs,
      retryOptions: { autoRetry: false, maxRetries: 0, idempotencyStrategy: library.IdempotencyStrategy.RetryNever },
    });
    // The client leaves out the path of the API when it finds the endpoint in the environment itself.
    if (endpoint !== undefined) this.storage.baseUrl = `${endpoint}/storage/v1`;
  }

  /** Throws a UserError (exit 3) when there are no credentials, without asking Cloud Storage. */
  async requireCredentials(): Promise<void> {
    if (!this.usesToken) return;
    try {
      await this.storage.authClient.getClient();
    } catch (error) {
      throw credentialsError((error as Error).message, error);
    }
  }

  /** Whether uploads may be sent in sessions: on a server of one's own the client begins them without the token. */
  get hasSessions(): boolean {
    return !(this.usesToken && this.isOwnServer);
  }

  /** For the requests that do not go through the client. */
  async headers(): Promise<Headers> {
    return this.usesToken ? new Headers(await this.storage.authClient.getRequestHeaders()) : new Headers();
  }

  /** Makes the next request fetch a new token, whatever the old one's date says. */
  async renewToken(): Promise<void> {
    if (!this.usesToken) return;
    const client = await this.storage.authClient.getClient();
    client.setCredentials({ ...client.credentials, expiry_date: 1 });
  }
}
