/** What vitest calls what it has imported; the parts of it that are looked at here. */
type Module = { evaluated: boolean; promise?: Promise<unknown>; meta?: unknown }
type Runner = {
  import: (id: string) => Promise<unknown>
  cachedModule: (url: string, importer?: string) => Promise<Module>
  evaluatedModules: {
    getModuleByUrl: (url: string) => Module | undefined
    getModuleById: (id: string) => Module | undefined
  }
}

const PATCHED = Symbol.for('postern.test.module-cache')

/**
 * Each call of a Durable Object imports the Worker, and for that vitest asks its host each time where the file lies: two
 * milliseconds, which are longer than the call. Nothing is mocked here, and a changed file gets a new process, so a module that
 * has been evaluated is taken from the cache.
 */
export function cacheModules() {
  const { moduleRunner: runner } = (
    globalThis as unknown as { __vitest_mocker__: { moduleRunner: Runner & { [PATCHED]?: true } } }
  ).__vitest_mocker__
  if (runner[PATCHED]) return
  runner[PATCHED] = true
  const { evaluatedModules } = runner
  const importAnew = runner.import.bind(runner)
  const fetchAnew = runner.cachedModule.bind(runner)
  const ready = (module: Module | undefined) =>
    module?.evaluated && module.promise && module.meta ? module : undefined
  runner.import = async (id) => ready(evaluatedModules.getModuleById(id))?.promise ?? importAnew(id)
  runner.cachedModule = async (url, importer) => ready(evaluatedModules.getModuleByUrl(url)) ?? fetchAnew(url, importer)
}
