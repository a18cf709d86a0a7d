// Google's own wordings, which no stand-in uses.

import { expect, test } from 'vitest';
import { UserError } from '../../src/lib/errors.ts';
import { ConflictError, ExpiredError, MissingError, translateError } from '../../src/store/gcs-errors.ts';
import { TransientError } from '../../src/store/retry.ts';

type Class = abstract new (...args: never[]) => Error;

test.each<[string, number | string | undefined, string, Class, string?]>([
  ['no object, in a bucket of that name', 404, 'No such object: my-bucket/ecom/raw/_state/id_state.json', MissingError],
  ['no bucket', 404, 'The specified bucket does not exist.', UserError],
  ['bytes that changed on the way', 400, 'Provided CRC32C "AAAAAA==" doesn\'t match calculated CRC32C "BBBBBA==".', TransientError],
  ['a limit by the minute', 429, "Quota exceeded for quota metric 'Requests' and limit 'Requests per minute'", TransientError],
  ['a limit that stays', 429, 'Quota exceeded for this project.', UserError, 'quotaExceeded'],
  ['a session that is gone', 410, 'Gone', TransientError],
  ['a token that has expired', 401, 'Invalid Credentials', ExpiredError],
  ['another generation', 412, 'At least one of the pre-conditions you specified did not hold.', ConflictError],
  ['a network that is down', 'ENETDOWN', 'connect ENETDOWN', TransientError],
  ['a certificate of somebody else', 'SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate in certificate chain', UserError],
  ['a server that speaks of keys', 503, 'The private key service is unavailable', TransientError],
  ['a login that has run out', 400, 'invalid_grant', UserError],
  ['a bug', undefined, 'x is not a function', Error],
])('%s', (_, code, message, wanted, reason) => {
  const error = Object.assign(new Error(message), { code }, reason === undefined ? {} : { errors: [{ reason }] });
  expect(translateError(error, 'gs://my-bucket/x')).toBeInstanceOf(wanted);
});
