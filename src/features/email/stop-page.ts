import { html, raw } from 'hono/html'
import { type App, endpoint } from '../../http/endpoint.ts'
import { STOP_PAGE } from './stop-link.ts'

const SCRIPT = `${STOP_PAGE}.js`
const POLICY = `default-src 'none'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

type Words = { title: string; about: string; button: string; done: string; failed: string }

const WORDS: Record<string, Words> = {
  en: {
    title: 'Stop the change of your e-mail address',
    about: 'Your account goes back to the address that got the mail. All sessions end, and the password becomes void.',
    button: 'Stop the change',
    done: 'Done. Now choose a new password, by way of “forgotten password”.',
    failed: 'This did not work. The link may have expired or been used; otherwise try again in a minute.',
  },
  ru: {
    title: 'Остановить изменение адреса почты',
    about:
      'Учётной записи вернётся адрес, на который пришло письмо. Все сеансы завершатся, пароль перестанет действовать.',
    button: 'Остановить',
    done: 'Готово. Теперь задайте новый пароль через «забыли пароль».',
    failed: 'Не получилось. Возможно, ссылка устарела или уже использована; иначе попробуйте через минуту.',
  },
}

/** A button and not the link itself, since programs that look through mail follow links. */
const page = (language: string, { title, about, button, done, failed }: Words) => html`<!doctype html>
<html lang="${language}">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${title}</title>
    <script src="${SCRIPT}" defer></script>
  </head>
  <body>
    <h1>${title}</h1>
    <p>${about}</p>
    <p><button>${button}</button></p>
    <p role="status" data-done="${done}" data-failed="${failed}"></p>
  </body>
</html>`

/** The token stands behind the #, which no browser sends: only this script ever reads it. */
const script = raw(`
const [button, status] = [document.querySelector('button'), document.querySelector('[role=status]')]
const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? ''
history.replaceState(null, '', location.pathname)
button.addEventListener('click', async () => {
  button.disabled = true
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch('${STOP_PAGE}', { method: 'POST', headers, body: JSON.stringify({ token }) }).catch(() => null)
  status.textContent = answer?.ok ? status.dataset.done : status.dataset.failed
  button.disabled = answer?.ok === true
})
`)

export function stopPage(app: App) {
  endpoint(
    app,
    {
      method: 'get',
      paths: [STOP_PAGE],
      tag: 'Code',
      summary: 'The page that the link in the mail leads to',
      answer: { status: 200, description: 'A page with one button.', page: true },
      errors: [],
    },
    (c) => {
      const language = c.get('deps').client.language ?? 'en'
      const words = WORDS[language] ?? WORDS.en
      return words ? c.html(page(language, words), 200, { 'content-security-policy': POLICY }) : c.notFound()
    },
  )
  app.get(SCRIPT, (c) => c.body(script.toString(), 200, { 'content-type': 'text/javascript; charset=utf-8' }))
}
