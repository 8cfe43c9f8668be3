/** Stands in for drizzle's table of every kind of column, for tables that ask for them by a function: ours name theirs. See [alias] in wrangler.toml. */
export const getPgColumnBuilders = () => ({})
