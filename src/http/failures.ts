import { failure } from '../kernel/failure.ts'

export const malformedJson = failure('malformed_json', {
  status: 400,
  title: 'Malformed body',
  detail: 'The body is not valid JSON.',
})

export const malformedForm = failure('malformed_form', {
  status: 400,
  title: 'Malformed body',
  detail: 'The body is not a valid form.',
})

export const incompleteBody = failure('incomplete_body', {
  status: 400,
  title: 'Incomplete body',
  detail: 'The body broke off before its end.',
})

export const repeatedKey = failure('repeated_key', {
  status: 400,
  title: 'Malformed body',
  detail: 'The body names the same field twice.',
})

export const forbiddenKey = failure('forbidden_key', {
  status: 400,
  title: 'Malformed body',
  detail: 'The body names a field that is never accepted.',
})

export const nestedTooDeep = failure('nested_too_deep', {
  status: 400,
  title: 'Malformed body',
  detail: 'The body is nested too deeply.',
})

export const accessTokenMissing = failure('access_token_missing', {
  status: 401,
  title: 'Not logged in',
  detail: 'Send an access token in the Authorization header.',
  challenge: 'Bearer',
})

export const invalidAccessToken = failure('invalid_access_token', {
  status: 401,
  title: 'Not logged in',
  detail: 'The access token is not valid, has expired, or its session has ended.',
  challenge: 'Bearer error="invalid_token"',
})

export const foreignOrigin = failure('foreign_origin', {
  status: 403,
  title: 'Foreign origin',
  detail: 'This request may not come from another website.',
})

export const notFound = failure('not_found', {
  status: 404,
  title: 'Not found',
  detail: 'There is nothing at this address.',
})

export const methodNotAllowed = failure('method_not_allowed', {
  status: 405,
  title: 'Method not allowed',
  detail: 'This address does not answer that method.',
})

export const bodyTooLarge = failure('body_too_large', {
  status: 413,
  title: 'Body too large',
  detail: 'The body is larger than this service accepts.',
})

export const unsupportedMediaType = failure('unsupported_media_type', {
  status: 415,
  title: 'Unsupported media type',
  detail: 'Send the body as application/json or application/x-www-form-urlencoded.',
})
