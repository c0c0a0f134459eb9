// The part of Muster's contract that is measured, over the same tables: what the two peers that
// execute a schema share. Downloads are not signed here, tokens are not checked, and nothing guards a
// document: each of these is work that Muster does and its peers are spared.

export const typeDefs = /* GraphQL */ `
  type Query {
    membershipImports(first: Int!): Connection!
    activeImport: Import
  }
  type Mutation {
    discardImport: Boolean!
  }
  type Subscription {
    importsChanged: Changed!
  }
  type Connection {
    nodes: [Import!]!
    pageInfo: PageInfo!
  }
  type PageInfo {
    hasNextPage: Boolean!
    endCursor: String
  }
  type Import {
    id: ID!
    status: String!
    step: String!
    action: String!
    version: Int!
    bannerMessage: String
    uploadedAt: String!
    updatedAt: String!
    file: File!
    uploadedBy: User!
  }
  type File {
    name: String!
    rowCount: Int!
    download: Download!
  }
  type Download {
    url: String!
  }
  type User {
    id: ID!
    name: String!
  }
  type Changed {
    change: Change
    activeImport: Import
  }
  type Change {
    status: String!
    step: String!
    version: Int!
    membershipImport: Import!
  }
`

const COLUMNS = `id, status, step, version, file_name, file_row_count, uploaded_by, uploaded_at, updated_at`

// Prepared once for each connection, as sqlx does.
const PAGE = {
  name: 'page',
  text: `SELECT ${COLUMNS} FROM imports WHERE tenant_id = $1 ORDER BY uploaded_at DESC, id DESC LIMIT $2`,
}
const ACTIVE = {
  name: 'active',
  text: `SELECT ${COLUMNS} FROM imports WHERE tenant_id = $1 AND status = 'IN_PROGRESS'`,
}
const USERS = { name: 'users', text: 'SELECT id, name FROM users WHERE tenant_id = $1 AND id = ANY($2)' }

const time = (milliseconds) => new Date(Number(milliseconds)).toISOString()

export function store(pool, tenant) {
  return {
    async page(first) {
      const { rows } = await pool.query({ ...PAGE, values: [tenant, first + 1] })
      const nodes = rows.slice(0, first)
      const end = nodes.at(-1)
      const endCursor = end && Buffer.from(`${end.id}:${end.uploaded_at}`).toString('base64url')
      return { nodes, pageInfo: { hasNextPage: rows.length > first, endCursor } }
    },
    async active() {
      const { rows } = await pool.query({ ...ACTIVE, values: [tenant] })
      return rows[0]
    },
    async users(ids) {
      const { rows } = await pool.query({ ...USERS, values: [tenant, ids] })
      const byId = new Map(rows.map((row) => [row.id, row]))
      return ids.map((id) => byId.get(id))
    },
  }
}

export const importFields = {
  action: (row) => (row.status === 'IN_PROGRESS' ? 'RESUME' : 'VIEW'),
  bannerMessage: (row) =>
    row.status === 'IN_PROGRESS' ? `The import of "${row.file_name}" waits for you to check its mapping.` : null,
  uploadedAt: (row) => time(row.uploaded_at),
  updatedAt: (row) => time(row.updated_at),
  file: (row) => ({
    name: row.file_name,
    rowCount: row.file_row_count,
    download: { url: `http://127.0.0.1/files/${row.id}` },
  }),
}

// A status change, without a database: what is measured is how it goes out.
const row = {
  id: '00000000-0000-7000-8000-000000000001', status: 'INCOMPLETE', step: 'MAPPING', version: 2,
  file_name: 'roster.csv', file_row_count: 2, uploaded_at: 0, updated_at: 0,
}
export const changed = {
  importsChanged: { change: { status: row.status, step: row.step, version: row.version, membershipImport: row }, activeImport: null },
}

export const [, , databaseUrl, tenant] = process.argv

// Port 0 picks one; the line is what the measurement waits for.
export const ready = (server) => console.log(`ready at http://127.0.0.1:${server.address().port}`)
