// GraphQL Yoga on Node's server, with DataLoader, and graphql-ws.
import { createServer } from 'node:http'
import DataLoader from 'dataloader'
import { useServer } from 'graphql-ws/use/ws'
import { createPubSub, createSchema, createYoga } from 'graphql-yoga'
import pg from 'pg'
import { WebSocketServer } from 'ws'
import { changed, databaseUrl, importFields, ready, store, tenant, typeDefs } from './schema.mjs'

const db = store(new pg.Pool({ connectionString: databaseUrl, max: 10 }), tenant)
const pubsub = createPubSub()
const schema = createSchema({
  typeDefs,
  resolvers: {
    Query: { membershipImports: (_, { first }) => db.page(first), activeImport: () => db.active() },
    Mutation: {
      discardImport: () => {
        pubsub.publish('changed', changed)
        return true
      },
    },
    Subscription: { importsChanged: { subscribe: () => pubsub.subscribe('changed'), resolve: (event) => event.importsChanged } },
    Import: { ...importFields, uploadedBy: (row, _, { users }) => users.load(row.uploaded_by) },
  },
})
const context = () => ({ users: new DataLoader((ids) => db.users(ids)) })
const yoga = createYoga({ schema, context, logging: false })
const server = createServer(yoga)
useServer({ schema, context }, new WebSocketServer({ server, path: '/graphql' }))
server.listen(0, '127.0.0.1', () => ready(server))
