import { CompiledQuery, createQueryId, type DatabaseConnection, type Driver, IdentifierNode, type QueryCompiler, type QueryResult, RawNode, type TransactionSettings } from 'kysely'
import postgres from 'postgres'
import { lost, patiently, refusing, unavailable } from './connection-loss.ts'
import { copy } from './copy-stream.ts'

type Client = postgres.Sql<Record<never, never>>
type ClientOptions = postgres.Options<Record<never, never>>

export type DriverOptions = {
  readonly client: ClientOptions
  /** Connections for single statements; the client pipelines many on each. */
  readonly shared: number
  /** Connections for transactions, each of which has one to itself. */
  readonly exclusive: number
  /** How long a statement that was not sent yet waits for a server that is away. */
  readonly waitMs: number
}

/**
 * A Kysely driver over the `postgres` client.
 *
 * Single statements share pipelined connections. A transaction has a connection of its own, from a client that has no
 * other, and is bound to that very session: when it is lost, every further statement of the transaction fails. (The
 * client's own `reserve()` goes on in a new session, outside any transaction.) A consequence: `db.connection()` pins no
 * session; what needs one needs a transaction.
 */
export class PostgresDriver implements Driver {
  readonly #options: DriverOptions
  #shared: Link[] | null = null
  #slots: Slot[] = []
  #idle: Slot[] = []
  #waiting: ((slot: Slot) => void)[] = []

  constructor(options: DriverOptions) {
    this.#options = options
  }

  async init(): Promise<void> {
    const { client, shared, exclusive } = this.#options
    this.#shared = Array.from({ length: shared }, () => new Link(client))
    this.#slots = Array.from({ length: exclusive }, () => new Slot(client))
    this.#idle = [...this.#slots]
  }

  async acquireConnection(): Promise<Lease> {
    if (this.#shared === null) throw new Error('the store has been closed')
    return new Lease(this.#shared, this.#options.waitMs)
  }

  async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    const isolation = settings.isolationLevel === undefined ? '' : ` ISOLATION LEVEL ${settings.isolationLevel}`
    const access = settings.accessMode === undefined ? '' : ` ${settings.accessMode}`
    const slot = this.#idle.pop() ?? (await new Promise<Slot>((resolve) => this.#waiting.push(resolve)))
    const lease = connection as Lease
    lease.slot = slot
    await patiently(() => slot.begin(`BEGIN${isolation}${access}`), this.#options.waitMs)
    lease.session = slot.session
  }

  commitTransaction(connection: DatabaseConnection): Promise<void> {
    return run(connection, 'COMMIT')
  }

  rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    return run(connection, 'ROLLBACK')
  }

  savepoint(connection: DatabaseConnection, name: string, compile: QueryCompiler['compileQuery']): Promise<void> {
    return runNamed(connection, 'savepoint', name, compile)
  }

  rollbackToSavepoint(connection: DatabaseConnection, name: string, compile: QueryCompiler['compileQuery']): Promise<void> {
    return runNamed(connection, 'rollback to', name, compile)
  }

  releaseSavepoint(connection: DatabaseConnection, name: string, compile: QueryCompiler['compileQuery']): Promise<void> {
    return runNamed(connection, 'release', name, compile)
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    const { slot } = connection as Lease
    if (slot === null) return
    await slot.leave()
    const next = this.#waiting.shift()
    if (next === undefined) this.#idle.push(slot)
    else next(slot)
  }

  async destroy(): Promise<void> {
    const links = [...(this.#shared ?? []), ...this.#slots]
    this.#shared = null
    await Promise.all(links.map((link) => link.client.end({ timeout: 5 })))
  }
}

/**
 * One connection. A client that lost its connection is not used again: what it had yet to write stays in it and keeps its
 * write timer from starting, so that the statements of its next connection might never be sent.
 */
class Link {
  readonly #options: ClientOptions
  client: Client
  /** Counts sessions: it grows whenever the connection is lost. */
  session = 0
  /** Statements under way. */
  busy = 0
  #served = false

  constructor(options: ClientOptions) {
    this.#options = options
    this.client = this.#connect()
  }

  /** Runs what `attempt` hands to the client in this very tick. */
  async use<Result>(attempt: (client: Client) => Promise<Result>): Promise<Result> {
    const { client } = this
    this.busy++
    try {
      const result = await attempt(client)
      if (client === this.client) this.#served = true
      return result
    } finally {
      this.busy--
    }
  }

  /** Goes on with a new client; the old one is the caller's to end. */
  renew(): Client {
    const old = this.client
    this.session++
    this.#served = false
    this.client = this.#connect()
    return old
  }

  #connect(): Client {
    // No lifetime: the client does not know of our transactions and would end the connection between two statements.
    const client: Client = postgres({ ...this.#options, max: 1, max_lifetime: null, onclose: () => {
      if (client !== this.client) return
      // What still waited in a client that never got through is refused by itself, and waits for the next one.
      const abandon = this.#served
      this.renew()
      if (abandon) setImmediate(() => void client.end({ timeout: 0 }))
    } })
    return client
  }
}

/** One connection for one transaction at a time. */
class Slot extends Link {
  #open = false

  async begin(statement: string): Promise<void> {
    await this.use((client) => client.unsafe(statement))
    this.#open = true
  }

  /** A transaction that neither committed nor rolled back must not meet the next one; its session goes. */
  async leave(): Promise<void> {
    if (!this.#open) return
    this.#open = false
    await this.renew().end({ timeout: 0 })
  }

  ended(): void {
    this.#open = false
  }
}

/** What Kysely holds while it runs a statement or a transaction. */
class Lease implements DatabaseConnection {
  slot: Slot | null = null
  session = 0
  readonly #shared: readonly Link[]
  readonly #waitMs: number

  constructor(shared: readonly Link[], waitMs: number) {
    this.#shared = shared
    this.#waitMs = waitMs
  }

  executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    if (this.slot === null) return patiently(() => this.#link().use((client) => execute<Row>(client, query)), this.#waitMs)
    return refusing(() => this.#link().use((client) => execute<Row>(client, query)))
  }

  async *streamQuery<Row>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<Row>> {
    const link = this.#link()
    link.busy++
    try {
      for await (const rows of pending(link.client, query).cursor(chunkSize)) yield { rows: [...rows] as Row[] }
    } catch (error) {
      throw unavailable(error)
    } finally {
      link.busy--
    }
  }

  /** Only in a transaction, where no other statement can come between. */
  copyIn(statement: string, blocks: AsyncIterable<Uint8Array>): Promise<void> {
    if (this.slot === null) throw new Error('COPY needs a transaction')
    return refusing(() => this.#link().use((client) => copy(client, statement, blocks)))
  }

  /** The transaction's, as long as its session lives, else the least busy one. Asked in the tick the statement is handed over. */
  #link(): Link {
    const { slot } = this
    if (slot === null) return this.#shared.reduce((best, link) => (link.busy < best.busy ? link : best))
    if (slot.session !== this.session) throw lost()
    return slot
  }
}

function pending(client: Client, { sql, parameters }: CompiledQuery) {
  return client.unsafe(sql, parameters.map(storableParameter) as never[], { prepare: true, simple: false } as { prepare: boolean })
}

/** Text from outside may hold NUL, which PostgreSQL refuses in any text: it becomes U+FFFD, as half characters do in UTF-8. */
function storableParameter(value: unknown): unknown {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value
}

async function execute<Row>(client: Client, query: CompiledQuery): Promise<QueryResult<Row>> {
  const result = await pending(client, query)
  const changes = result.command === 'INSERT' || result.command === 'UPDATE' || result.command === 'DELETE' || result.command === 'MERGE'
  return { rows: Array.from(result) as Row[], ...(changes ? { numAffectedRows: BigInt(result.count) } : {}) }
}

/** Runs `COPY … FROM STDIN` with `blocks` as its input, on the connection of a transaction. */
export function copyIn(connection: DatabaseConnection, statement: string, blocks: AsyncIterable<Uint8Array>): Promise<void> {
  return (connection as Lease).copyIn(statement, blocks)
}

async function run(connection: DatabaseConnection, text: string): Promise<void> {
  await connection.executeQuery(CompiledQuery.raw(text))
  ;(connection as Lease).slot?.ended()
}

async function runNamed(connection: DatabaseConnection, command: string, name: string, compile: QueryCompiler['compileQuery']): Promise<void> {
  await connection.executeQuery(compile(RawNode.create([`${command} `, ''], [IdentifierNode.create(name)]), createQueryId()))
}
