/** A place in a line: for whom it is kept, and how many before it were for one of them when it was taken. */
export type Place = { parties: readonly string[]; rank: number }

/** Whichever of the parties has more places already. */
export const rankIn = (line: readonly Place[], parties: readonly string[]): number =>
  Math.max(0, ...parties.map((party) => line.filter((place) => place.parties.includes(party)).length))

/**
 * The first place of each party comes before the second place of any, and of equals the one that came first. So a caller who
 * asks for a hundred hashes at once is served one of them, and then everybody else.
 */
export const nextIn = <Kept extends Place>(line: readonly Kept[]): Kept | undefined =>
  line.reduce<Kept | undefined>((next, place) => (next && next.rank <= place.rank ? next : place), undefined)

/** The place that would be served last. */
export const lastIn = <Kept extends Place>(line: readonly Kept[]): Kept | undefined =>
  line.reduce<Kept | undefined>((last, place) => (last && last.rank > place.rank ? last : place), undefined)
