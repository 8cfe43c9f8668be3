/** Bars on a logarithmic scale, in groups: a picture for a page, light or dark as its reader likes it, and text for who hears it. */
export type Bar = { label: string; value: number; ours: boolean }
export type Chart = {
  title: string
  unit: string
  groups: { name: string; bars: Bar[] }[]
}

const WIDTH = 960
const LEFT = 250
const RIGHT = 870
const ROW = 22
const GAP = 34
const TOP = 84

const STYLE = `
    .page { fill: #ffffff }
    .ours { fill: #2f5fb3 }
    .other { fill: #9aa5b5 }
    .scale { stroke: #d5dae1; stroke-width: 1 }
    text { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: #4a5462 }
    .name { font-weight: 600; font-size: 15px; fill: #1b2330 }
    .end { text-anchor: end }
    .middle { text-anchor: middle }
    @media (prefers-color-scheme: dark) {
      .page { fill: #0d1117 }
      .ours { fill: #6d9bef }
      .other { fill: #5d6878 }
      .scale { stroke: #2a323d }
      text { fill: #a5b0bf }
      .name { fill: #f0f3f7 }
    }`

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
const shown = (value: number) => (value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0))

export function chart({ title, unit, groups }: Chart): string {
  const values = groups.flatMap(({ bars }) => bars.map(({ value }) => value))
  const [least, most] = [Math.floor(Math.log10(Math.min(...values))), Math.ceil(Math.log10(Math.max(...values)))]
  const x = (value: number) => Math.round(LEFT + ((Math.log10(value) - least) / (most - least)) * (RIGHT - LEFT))
  const ticks = Array.from({ length: most - least + 1 }, (_, at) => 10 ** (least + at))
  const rows = groups.reduce((sum, { bars }) => sum + bars.length, 0)
  const height = TOP + rows * ROW + groups.length * GAP
  const lines: string[] = []
  for (const tick of ticks) {
    const label = tick < 1 ? String(Number(tick.toPrecision(1))) : tick.toLocaleString('en')
    lines.push(`<path class="scale" d="M${x(tick)} ${TOP - 14}V${height - 12}"/>`)
    lines.push(`<text class="middle" x="${x(tick)}" y="${TOP - 22}">${label}</text>`)
  }
  let y = TOP
  for (const { name, bars } of groups) {
    lines.push(`<text class="name" x="24" y="${y + 12}">${escaped(name)}</text>`)
    y += 22
    for (const { label, value, ours } of bars) {
      const end = Math.max(x(value), LEFT + 2)
      lines.push(`<text class="end" x="${LEFT - 10}" y="${y + 12}">${escaped(label)}</text>`)
      lines.push(
        `<rect class="${ours ? 'ours' : 'other'}" x="${LEFT}" y="${y}" width="${end - LEFT}" height="16" rx="2"/>`,
      )
      lines.push(`<text x="${end + 8}" y="${y + 12}">${shown(value)}</text>`)
      y += ROW
    }
    y += GAP - 22
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title desc">
  <title id="title">${escaped(title)}</title>
  <desc id="desc">${escaped(spoken(groups, unit))}</desc>
  <style>${STYLE}
  </style>
  <rect class="page" width="${WIDTH}" height="${height}" rx="8"/>
  <text class="name" x="24" y="32">${escaped(title)}</text>
  <text class="end" x="${WIDTH - 24}" y="32">${escaped(unit)}, each line ten times the one before</text>
  ${lines.join('\n  ')}
</svg>
`
}

const spoken = (groups: Chart['groups'], unit: string) =>
  groups
    .map(
      ({ name, bars }) => `${name}, ${unit}: ${bars.map(({ label, value }) => `${label} ${shown(value)}`).join(', ')}.`,
    )
    .join(' ')
