import { createExecutionContext } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { AuthRpc } from '../src/compose/rpc/entrypoints.ts'
import { mailing, mailsTo } from './support/mailbox.ts'
import { ANN, PASSWORD } from './support/people.ts'
import { rowsOf } from './support/rows.ts'
import { client } from './support/rpc.ts'

type Mode = 'off' | 'after' | 'before'

async function register(EMAIL_VERIFICATION: Mode, forWhom: object = client) {
  const message = { client: forWhom, email: ANN, password: PASSWORD }
  return new AuthRpc(createExecutionContext(), mailing({ EMAIL_VERIFICATION })).register(message)
}

const MODES: [Mode, object, Record<'en' | 'ru', string>][] = [
  ['off', { userId: 1, email: ANN }, { en: 'Welcome to Postern', ru: 'Добро пожаловать в Postern' }],
  ['after', { userId: 1, email: ANN }, { en: 'Your Postern code', ru: 'Ваш код для Postern' }],
  [
    'before',
    { status: 'verification_required', registration: expect.any(String) },
    { en: 'Your Postern code', ru: 'Ваш код для Postern' },
  ],
]

describe.each(MODES)('AuthRpc.register with EMAIL_VERIFICATION=%s', (mode, value, subjects) => {
  it.each([
    ['nothing of a language', {}, 'en'],
    ['a language that is none of ours', { language: 'fi' }, 'en'],
    ['no language', { language: null }, 'en'],
    ['nonsense', { language: `\ud800${'x'.repeat(100_000)}` }, 'en'],
    ['a tag', { language: 'ru-RU' }, 'ru'],
    ['what a browser sent', { language: 'fi, ru;q=0.8, en;q=0.2' }, 'ru'],
  ] as const)('told %s, one mail leaves, in one of our languages', async (_, more, language) => {
    expect(await register(mode, { ...client, ...more })).toMatchObject({ ok: true, value })
    expect((await mailsTo(ANN)).map(({ subject }) => subject)).toEqual([subjects[language]])
    const mails = (await rowsOf<{ sink: string; state: string }>('outbox')).filter(({ sink }) =>
      sink.startsWith('mail'),
    )
    expect(mails.map(({ state }) => state)).toEqual(['delivered'])
  })

  it('a language that is no text is the consumer’s mistake', async () => {
    const refused = { ok: false, error: 'invalid_body', fields: [{ path: 'client.language' }] }
    for (const language of [7, {}, ['ru'], () => 'ru'])
      expect(await register(mode, { ...client, language })).toMatchObject(refused)
    expect(await mailsTo(ANN)).toEqual([])
  })
})
