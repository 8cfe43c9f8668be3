import type { Failure } from '../kernel/failure.ts'
import { internalError, invalidBody, misconfigured } from '../kernel/failures.ts'
import {
  bodyTooLarge,
  forbiddenKey,
  foreignOrigin,
  incompleteBody,
  malformedForm,
  malformedJson,
  nestedTooDeep,
  repeatedKey,
  unsupportedMediaType,
} from './failures.ts'

/** Failures of any route, caused by no input: documented once, as the default response. */
export const ERRORS_OF_ANY_ROUTE: Failure[] = [internalError, misconfigured]
export const FRAME_ERRORS_OF_A_BODY: Failure[] = [
  malformedJson,
  malformedForm,
  incompleteBody,
  repeatedKey,
  forbiddenKey,
  nestedTooDeep,
  foreignOrigin,
  bodyTooLarge,
  unsupportedMediaType,
  invalidBody,
]
export const FRAME_ERRORS_OF_COOKIES: Failure[] = [foreignOrigin]
