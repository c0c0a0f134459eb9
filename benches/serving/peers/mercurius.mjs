// Mercurius on Fastify, with its compiler (jit) and its loaders.
import Fastify from 'fastify'
import mercurius from 'mercurius'
import pg from 'pg'
import { changed, databaseUrl, importFields, ready, store, tenant, typeDefs } from './schema.mjs'

const db = store(new pg.Pool({ connectionString: databaseUrl, max: 10 }), tenant)
const app = Fastify()
await app.register(mercurius, {
  schema: typeDefs,
  jit: 1,
  resolvers: {
    Query: { membershipImports: (_, { first }) => db.page(first), activeImport: () => db.active() },
    Mutation: {
      discardImport: async (_, __, { pubsub }) => {
        await pubsub.publish({ topic: 'changed', payload: changed })
        return true
      },
    },
    Subscription: { importsChanged: { subscribe: (_, __, { pubsub }) => pubsub.subscribe('changed') } },
    Import: importFields,
  },
  loaders: { Import: { uploadedBy: (queries) => db.users(queries.map(({ obj }) => obj.uploaded_by)) } },
  subscription: { fullWsTransport: true },
})
await app.listen({ port: 0, host: '127.0.0.1' })
ready(app.server)
