import lock from '../../../schemas/lock.schema.json' with { type: 'json' }
import release from '../../../schemas/release.schema.json' with { type: 'json' }
import site from '../../../schemas/site.schema.json' with { type: 'json' }

/** The JSON schemas of what people write below releases/. */
export const schemas = { site, release, lock }
export type SchemaName = keyof typeof schemas
