// A token exchange of our own, and credentials that lead to it: google-auth-library as it is, with tokens that expire when told.

import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

export interface TokenService {
  /** For GOOGLE_APPLICATION_CREDENTIALS. */
  credentialsFile: string;
  /** Answered exchanges, refused ones included. */
  readonly exchanges: number;
  /** The token that is valid now, for a fault proxy's `requireToken`. */
  current(): string | undefined;
  /** Nothing that was issued is valid any more; the next exchange gives a new token. */
  expire(): void;
  /** From now on exchanges are answered with 400 `invalid_grant`, as for a login that has run out. */
  refuse(): void;
  /** Ends `refuse`. */
  accept(): void;
  close(): Promise<void>;
}

/**
 * Issues `token-1`, and the next one once that has expired, by `expire` or after `expiresInS`. The library takes a token for
 * expired 5 minutes early: up to 300 s it exchanges before every request.
 */
export async function startTokenService({ expiresInS = 3600 } = {}): Promise<TokenService> {
  let issued = 0;
  let exchanges = 0;
  let expiresAtMs = 0;
  let isRefusing = false;
  const current = (): string | undefined => (Date.now() < expiresAtMs ? `token-${issued}` : undefined);
  const exchange = (form: URLSearchParams): [number, object] => {
    exchanges++;
    if (isRefusing || form.get('subject_token') !== SUBJECT_TOKEN) {
      return [400, { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' }];
    }
    if (current() === undefined) {
      issued++;
      expiresAtMs = Date.now() + expiresInS * 1000;
    }
    const leftS = Math.ceil((expiresAtMs - Date.now()) / 1000);
    return [200, { access_token: current(), issued_token_type: ACCESS_TOKEN_TYPE, token_type: 'Bearer', expires_in: leftS }];
  };
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [status, answer] = exchange(new URLSearchParams(await text(request)));
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  };
  const server = createServer((request, response) => void serve(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const folder = await mkdtemp(join(tmpdir(), 'ecomlake-credentials-'));
  const credentialsFile = await writeCredentials(folder, `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/token`);
  return {
    credentialsFile,
    get exchanges() {
      return exchanges;
    },
    current,
    expire: () => (expiresAtMs = 0),
    refuse: () => (isRefusing = true),
    accept: () => (isRefusing = false),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const SUBJECT_TOKEN = 'a subject token';
const ACCESS_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:access_token';

async function writeCredentials(folder: string, tokenUrl: string): Promise<string> {
  const subjectTokenFile = join(folder, 'subject-token');
  const credentialsFile = join(folder, 'credentials.json');
  await writeFile(subjectTokenFile, SUBJECT_TOKEN);
  const credentials = {
    type: 'external_account',
    // A pool of no project's: the library asks nobody for the project's ID.
    audience: '//iam.googleapis.com/locations/global/workforcePools/test/providers/test',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: tokenUrl,
    credential_source: { file: subjectTokenFile },
  };
  await writeFile(credentialsFile, JSON.stringify(credentials));
  return credentialsFile;
}
