// What an error of Cloud Storage or of the way there means: try again, renew the token, or stop and say what to do.

import { EXIT, UserError } from '../lib/errors.ts';
import { errorCode } from '../lib/files.ts';
import { TransientError } from './retry.ts';

/** A generation precondition did not hold: somebody else wrote the object, or an answer of ours was lost. */
export class ConflictError extends Error {}
/** The access token is not taken any more. */
export class ExpiredError extends Error {}
/** There is no such object. */
export class MissingError extends Error {}

/** https://cloud.google.com/storage/docs/retry-strategy#retryable */
const TRANSIENT_STATUS = new Set([408, 429, 500, 502, 503, 504]);
const RATE_LIMITS = new Set(['rateLimitExceeded', 'userRateLimitExceeded', 'backendError']);
const LASTING_LIMITS = new Set(['quotaExceeded', 'dailyLimitExceeded']);
const NETWORK_CODES = new Set([
  'ENETDOWN',
  'EHOSTDOWN',
  'EPROTO',
  'EADDRNOTAVAIL',
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'ETIMEDOUT',
  'ESOCKETTIMEDOUT',
  'EPIPE',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ERR_STREAM_PREMATURE_CLOSE',
  'UND_ERR_SOCKET',
]);
/** What the HTTP layers say of answers that were cut short, stalled or garbled. */
const NETWORK_WORDS =
  /timeout|timed out|socket hang up|premature close|invalid json|unexpected end of json|unexpected token|invalid response body|aborted|terminated|content-length|fetch failed/i;

const CERTIFICATE_CODES = /^CERT_|SELF_SIGNED|^ERR_TLS_CERT|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/;

const RENEW_HINT =
  'Renew them with `gcloud auth application-default login` (or point GOOGLE_APPLICATION_CREDENTIALS at a key file), then run the same command again: it resumes.';

/** The error to throw for what the client library threw; `where` is the bucket's or object's address. */
export function translateError(error: unknown, where: string): Error {
  if (error instanceof UserError || error instanceof TransientError) return error;
  if (error instanceof ConflictError || error instanceof ExpiredError || error instanceof MissingError) return error;
  const { status, reasons, message } = describe(error);
  if ((status === undefined || (status >= 400 && status <= 404)) && isCredentialProblem(message)) return credentialsError(message, error);
  switch (status) {
    case 401:
      return new ExpiredError(message);
    case 403:
      if (reasons.some((reason) => RATE_LIMITS.has(reason))) return new TransientError(`Cloud Storage answered 403 (${message})`, error);
      return forbidden(where, reasons, message, error);
    case 404:
      // Not any 404 with the word in it: the name of an object's bucket may have it too.
      return /specified bucket|bucket does not exist/i.test(message) ? missingBucket(where, error) : new MissingError(message);
    case 400:
      // Cloud Storage found another checksum than was sent along, and stored nothing.
      if (/crc32c/i.test(message)) return new TransientError(`the bytes arrived damaged (${message})`, error);
      break;
    case 410:
      return new TransientError(`the upload's session is gone (${message})`, error);
    case 412:
      return new ConflictError(message);
    case 429:
      // A limit by the minute passes by itself, whatever it is called.
      if (reasons.some((reason) => LASTING_LIMITS.has(reason))) return forbidden(where, reasons, message, error);
      break;
    default:
      break;
  }
  if (status !== undefined && TRANSIENT_STATUS.has(status))
    return new TransientError(`Cloud Storage answered ${status} (${message})`, error);
  const code = errorCode(error) ?? errorCode(error instanceof Error ? error.cause : undefined);
  if (code !== undefined && CERTIFICATE_CODES.test(code)) return untrusted(where, code, error);
  if (status === undefined && ((code !== undefined && NETWORK_CODES.has(code)) || NETWORK_WORDS.test(message))) {
    return new TransientError(`${code ?? 'no whole answer'} (${message})`, error);
  }
  if (status === undefined) return error instanceof Error ? error : new Error(message);
  return new UserError(`${where}: Cloud Storage answered ${status}: ${message}`, {
    hint: 'What is finished is kept. Put it right, then run the same command again: it resumes.',
    exitCode: EXIT.incomplete,
    cause: error,
  });
}

function describe(error: unknown): { status: number | undefined; reasons: string[]; message: string } {
  // A resumable upload fails with the answer's bare `error` object.
  if (typeof error !== 'object' || error === null || !('message' in error)) {
    return { status: undefined, reasons: [], message: String(error) };
  }
  const { code, status, response, errors } = error as {
    code?: unknown;
    status?: unknown;
    /** In sessions the answer itself hangs on the error. */
    response?: { status?: unknown; statusCode?: unknown; data?: { error?: { errors?: unknown } } };
    errors?: unknown;
  };
  const number = [code, status, response?.status, response?.statusCode].map(Number).find((value) => value >= 300 && value < 600);
  const list = errors ?? response?.data?.error?.errors;
  const reasons = Array.isArray(list) ? (list as { reason?: unknown }[]).map(({ reason }) => String(reason)) : [];
  // An HTML page of a load balancer, or a URL with its whole query, is no message for people.
  const text = String(error.message)
    .replace(/^request to \S+ failed, reason: /, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/(https?:\/\/[^\s?]+)\?\S*/g, '$1')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return { status: number, reasons, message: text.length > 200 ? `${text.slice(0, 200)}…` : text };
}

function isCredentialProblem(message: string): boolean {
  return /could not load the default credentials|invalid_grant|invalid_rapt|reauth|unable to (detect|impersonate)|for the compute engine|credentials? file|private key|key file|subject token/i.test(
    message,
  );
}

export function credentialsError(message: string, cause?: unknown): UserError {
  return new UserError(`the Google credentials cannot be used: ${message}`, { hint: RENEW_HINT, exitCode: EXIT.incomplete, cause });
}

function forbidden(where: string, reasons: readonly string[], message: string, cause: unknown): UserError {
  const what = `${where}: Cloud Storage refuses: ${message}`;
  if (reasons.includes('accountDisabled') || /billing/i.test(message)) {
    return stop(what, 'Enable billing for the project in the Google Cloud console', cause);
  }
  if (reasons.some((reason) => /quota/i.test(reason)) || /quota/i.test(message)) {
    return stop(what, 'Raise the quota in the Google Cloud console, or wait until it is renewed', cause);
  }
  return stop(what, 'Give the account the role "Storage Object Admin" on the bucket', cause);
}

export function missingBucket(where: string, cause: unknown): UserError {
  const bucket = where.split('/').slice(0, 3).join('/');
  return stop(`${bucket}: there is no such bucket`, `Make it with \`gcloud storage buckets create ${bucket}\`, or correct --bucket`, cause);
}

function untrusted(where: string, code: string, cause: unknown): UserError {
  const whatToDo = 'Check the clock, and whatever stands between here and Cloud Storage (NODE_EXTRA_CA_CERTS names further certificates)';
  return stop(`${where}: the certificate of the server is not trusted (${code})`, whatToDo, cause);
}

function stop(message: string, whatToDo: string, cause: unknown): UserError {
  return new UserError(message, {
    hint: `${whatToDo}, then run the same command again: it resumes.`,
    exitCode: EXIT.incomplete,
    cause,
  });
}

export function changedMeanwhile(conflict: ConflictError): UserError {
  return new UserError(`${conflict.message} while this run was writing it; it was left as it is`, {
    hint: 'Find out what else writes under this prefix, then run the same command again: it resumes.',
    exitCode: EXIT.incomplete,
    cause: conflict,
  });
}
