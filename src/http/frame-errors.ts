import type { ErrorCode } from '../kernel/errors.ts'

/** What no input causes and any route may answer all the same: documented once, as the default response. */
export const ERRORS_OF_ANY_ROUTE: ErrorCode[] = ['internal_error', 'misconfigured']
export const FRAME_ERRORS_OF_A_BODY: ErrorCode[] = [
  'malformed_json',
  'malformed_form',
  'incomplete_body',
  'repeated_key',
  'forbidden_key',
  'nested_too_deep',
  'foreign_origin',
  'body_too_large',
  'unsupported_media_type',
  'invalid_body',
]
export const FRAME_ERRORS_OF_COOKIES: ErrorCode[] = ['foreign_origin']
