import { WorkerEntrypoint } from 'cloudflare:workers'
import { answer } from './answer.ts'
import * as codes from './code-use-cases.ts'
import * as useCases from './use-cases.ts'
import * as wire from './wire.ts'

// Every public method of an entrypoint can be called by whoever binds it, whatever TypeScript calls private. So these
// classes hold one line for each method, and nothing else.

/** For every Worker: is this token good, now? */
export class VerifyRpc extends WorkerEntrypoint<Env> {
  verify(message: unknown) {
    return answer(this.env, this.ctx, wire.Verify, message, useCases.verify)
  }

  introspect(message: unknown) {
    return answer(this.env, this.ctx, wire.Introspect, message, useCases.introspectToken)
  }
}

/** For backends that are trusted with more. */
export class AuthRpc extends WorkerEntrypoint<Env> {
  register(message: unknown) {
    return answer(this.env, this.ctx, wire.Register, message, useCases.registerUser)
  }

  sendCode(message: unknown) {
    return answer(this.env, this.ctx, wire.SendCode, message, codes.sendCodeFor)
  }

  verifyEmail(message: unknown) {
    return answer(this.env, this.ctx, wire.VerifyEmail, message, codes.verifyEmailFor)
  }

  changeEmail(message: unknown) {
    return answer(this.env, this.ctx, wire.ChangeEmail, message, codes.changeEmailFor)
  }

  forgotPassword(message: unknown) {
    return answer(this.env, this.ctx, wire.ForgotPassword, message, codes.forgotPasswordOf)
  }

  resetPassword(message: unknown) {
    return answer(this.env, this.ctx, wire.ResetPassword, message, codes.resetPasswordOf)
  }

  login(message: unknown) {
    return answer(this.env, this.ctx, wire.LogIn, message, useCases.logInFor)
  }

  refresh(message: unknown) {
    return answer(this.env, this.ctx, wire.Refresh, message, useCases.refreshFor)
  }

  logout(message: unknown) {
    return answer(this.env, this.ctx, wire.LogOut, message, useCases.logOutFor)
  }

  getUser(message: unknown) {
    return answer(this.env, this.ctx, wire.OneUser, message, useCases.getUser)
  }

  listSessions(message: unknown) {
    return answer(this.env, this.ctx, wire.OneUser, message, useCases.listSessionsOf)
  }

  revokeSession(message: unknown) {
    return answer(this.env, this.ctx, wire.OneSession, message, useCases.revokeSessionOf)
  }

  revokeUser(message: unknown) {
    return answer(this.env, this.ctx, wire.OneUser, message, useCases.endSessionsOfUser)
  }
}

/** For whoever runs the service: bound by the command line alone, over the account's own credentials. */
export class OperatorRpc extends WorkerEntrypoint<Env> {
  getUser(message: unknown) {
    return answer(this.env, this.ctx, wire.OneUser, message, useCases.getUser)
  }

  findUser(message: unknown) {
    return answer(this.env, this.ctx, wire.Named, message, useCases.findUser)
  }

  disableUser(message: unknown) {
    return answer(this.env, this.ctx, wire.OneUser, message, useCases.disable)
  }

  enableUser(message: unknown) {
    return answer(this.env, this.ctx, wire.OneUser, message, useCases.enable)
  }

  setRoles(message: unknown) {
    return answer(this.env, this.ctx, wire.Roles, message, useCases.giveRoles)
  }

  outboxStatus(message: unknown) {
    return answer(this.env, this.ctx, wire.Nothing, message, useCases.outboxStatus)
  }

  replayDeadLetter(message: unknown) {
    return answer(this.env, this.ctx, wire.DeadLetters, message, useCases.replayDeadLetter)
  }

  discardDeadLetter(message: unknown) {
    return answer(this.env, this.ctx, wire.DiscardedLetters, message, useCases.discardDeadLetter)
  }
}
