import type { Client } from '../../kernel/client.ts'
import { demandNetwork } from '../guard/with-budget.ts'
import type { Place } from './state/messages.ts'

/** Where a session is used from, as its owner is shown it, and the network by which a copied token is noticed. */
export const placeOf = ({ address, country, userAgent }: Client): Place => ({
  address: address ?? '',
  country,
  network: demandNetwork(address).network,
  userAgent: userAgent ?? '',
})
