import { describe, expect, it } from 'vitest'
import { fences, read } from '../support/markdown.ts'

const diagrams = fences(read('docs/flows.md')).map(({ language, body }, at) => {
  return { nth: at + 1, language, lines: body.trim().split('\n') }
})

const STATEMENTS = {
  message: /^(\w+)(?:->>|-->>|-\))(\w+): \S.*$/,
  note: /^Note over (\w+)(): \S.*$/,
  block: /^(?:alt|else) \S.*$/,
}

describe('docs/flows.md', () => {
  it('shows each flow as a sequence', () => {
    expect(diagrams.map(({ language, lines }) => `${language} ${lines[0]}`)).toEqual(
      Array(4).fill('mermaid sequenceDiagram'),
    )
  })

  // A semicolon ends a statement for Mermaid, and # begins an entity.
  it.each(diagrams)(
    'diagram $nth is one that Mermaid can draw: whoever speaks is declared, and blocks end',
    ({ lines }) => {
      const [, numbered, ...statements] = lines.map((line) => line.trim())
      expect(numbered).toBe('autonumber')
      const declared = new Set(statements.flatMap((line) => /^participant (\w+) as \S/.exec(line)?.[1] ?? []))
      let depth = 0
      for (const line of statements.filter((one) => !one.startsWith('participant'))) {
        expect(line).not.toMatch(/[;#]/)
        if (line.startsWith('alt ')) depth += 1
        if (line === 'end') depth -= 1
        const match = STATEMENTS.message.exec(line) ?? STATEMENTS.note.exec(line)
        if (match) for (const name of match.slice(1).filter(Boolean)) expect(declared).toContain(name)
        else expect(line === 'end' || STATEMENTS.block.test(line), line).toBe(true)
        expect(depth).toBeGreaterThanOrEqual(0)
      }
      expect(depth).toBe(0)
    },
  )
})
