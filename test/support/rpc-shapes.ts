import type * as z from 'zod/mini'
import * as wire from '../../src/compose/rpc/wire.ts'

/** Every method that another Worker reaches, in the order of docs/rpc.md, and the message that it takes. */
export const MESSAGES = {
  VerifyRpc: { verify: wire.Verify, introspect: wire.Introspect },
  AuthRpc: {
    register: wire.Register,
    sendCode: wire.SendCode,
    verifyEmail: wire.VerifyEmail,
    changeEmail: wire.ChangeEmail,
    forgotPassword: wire.ForgotPassword,
    resetPassword: wire.ResetPassword,
    login: wire.LogIn,
    refresh: wire.Refresh,
    logout: wire.LogOut,
    getUser: wire.OneUser,
    listSessions: wire.OneUser,
    revokeSession: wire.OneSession,
    revokeUser: wire.OneUser,
  },
  OperatorRpc: {
    getUser: wire.OneUser,
    findUser: wire.Named,
    disableUser: wire.OneUser,
    enableUser: wire.OneUser,
    setRoles: wire.Roles,
    outboxStatus: wire.Nothing,
    replayDeadLetter: wire.DeadLetters,
    discardDeadLetter: wire.DiscardedLetters,
  },
} as const

export type Entrypoint = keyof typeof MESSAGES
type Shape = () => z.ZodMiniObject

export const METHODS = Object.entries(MESSAGES).flatMap(([entrypoint, methods]) =>
  Object.entries<Shape>(methods).map(([method, shape]) => ({
    name: `${entrypoint}.${method}`,
    entrypoint: entrypoint as Entrypoint,
    method,
    shape,
  })),
)

/** What any of them calls a field. */
export const FIELDS = [...new Set(METHODS.flatMap(({ shape }) => Object.keys(shape().shape)))]
