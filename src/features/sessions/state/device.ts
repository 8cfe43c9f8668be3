type Row = readonly [pattern: RegExp, name: string]

/** Programs that are not browsers; their name alone says enough. */
const TOOLS: readonly Row[] = [
  [/^curl\//i, 'curl'],
  [/^wget\//i, 'Wget'],
  [/PostmanRuntime\//, 'Postman'],
  [/^insomnia\//i, 'Insomnia'],
  [/^HTTPie\//i, 'HTTPie'],
  [/python-requests\//, 'python-requests'],
  [/python-httpx\//, 'httpx'],
  [/aiohttp\//, 'aiohttp'],
  [/^okhttp\//i, 'OkHttp'],
  [/^Go-http-client\//, 'Go'],
  [/^axios\//i, 'axios'],
  [/^(node|undici)\b/i, 'Node.js'],
  [/^Dart\//, 'Dart'],
  [/^(Java|Apache-HttpClient)\//, 'Java'],
]

/** From the particular to the general: almost every browser also claims to be Chrome, and Chrome to be Safari. */
const BROWSERS: readonly Row[] = [
  [/\b(Edg|EdgA|EdgiOS|Edge)\//, 'Edge'],
  [/\b(OPR|OPT|Opera)\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bYaBrowser\//, 'Yandex Browser'],
  [/\bVivaldi\//, 'Vivaldi'],
  [/\bDuckDuckGo\//, 'DuckDuckGo'],
  [/\bUCBrowser\//, 'UC Browser'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\bHeadlessChrome\//, 'Headless Chrome'],
  [/\b(Chrome|CriOS)\//, 'Chrome'],
  [/\b(MSIE |Trident\/)/, 'Internet Explorer'],
  [/\bVersion\/.*\bSafari\//, 'Safari'],
]

/** An iPhone's text contains "Mac OS X", and an Android's "Linux". */
const SYSTEMS: readonly Row[] = [
  [/\bWindows NT\b/, 'Windows'],
  [/\b(iPhone|iPod)\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\b(Macintosh|Mac OS X)\b/, 'macOS'],
  [/\b(Linux|X11)\b/, 'Linux'],
  [/\bDarwin\//, 'an Apple device'],
]

const LENGTH_READ = 512

const find = (rows: readonly Row[], text: string): string | undefined =>
  rows.find(([pattern]) => pattern.test(text))?.[1]

/** Names from the tables alone: nothing that a client sends is ever shown back. */
export function nameOfDevice(userAgent: string): string {
  const text = userAgent.slice(0, LENGTH_READ)
  const tool = find(TOOLS, text)
  if (tool !== undefined) return tool
  const browser = find(BROWSERS, text)
  const system = find(SYSTEMS, text)
  if (browser !== undefined && system !== undefined) return `${browser} on ${system}`
  if (system !== undefined) return `An app on ${system}`
  return browser ?? 'Unknown device'
}
