import { expect, it } from 'vitest'
import { migrate } from '../../cli/database/migrations.ts'
import { emptyDatabase } from './dev-engine.ts'

it('6.3.2 a fresh deployment has no default account: every table of its database is empty', async () => {
  const { engine, drop } = await emptyDatabase()
  try {
    await migrate(engine)
    const { rows } = await engine.query({
      text: `select table_name from information_schema.tables
        where table_schema = 'public' and table_name <> 'postern_migrations' order by 1`,
    })
    const tables = rows.map(([name]) => String(name))
    expect(tables).toContain('users')
    for (const table of tables) {
      const counted = await engine.query({ text: `select count(*)::int from "${table}"` })
      expect([table, Number(counted.rows[0]?.[0])]).toEqual([table, 0])
    }
  } finally {
    await drop()
  }
})
