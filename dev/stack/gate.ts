import { answerText, type Reply, type Request } from './http.ts'

/**
 * Any web page that a developer visits can make their browser knock here. Nothing of the stack may answer it:
 * not a foreign page (Origin, Sec-Fetch-Site), not a form (content type), not a name rebound to 127.0.0.1 (Host).
 */
export function gate(request: Omit<Request, 'json'>, port: number): Reply | undefined {
  const own = [`127.0.0.1:${port}`, `localhost:${port}`]
  if (!own.includes(request.header('host')?.toLowerCase() ?? ''))
    return answerText(421, `This is the local stack of Postern: call it by ${own.join(' or ')}.`)
  const origin = request.header('origin')
  if (origin !== undefined && !own.some((name) => origin === `http://${name}`))
    return answerText(403, 'Pages of another origin may not call the local stack.')
  if (!['same-origin', 'none', undefined].includes(request.header('sec-fetch-site')))
    return answerText(403, 'Pages of another site may not call the local stack.')
  if (request.method === 'POST' && !isJson(request.header('content-type')))
    return answerText(415, 'The local stack takes application/json only.')
  return undefined
}

function isJson(contentType: string | undefined): boolean {
  return contentType?.split(';')[0]?.trim().toLowerCase() === 'application/json'
}
