import type { ContainerClient, RequestPolicyFactory } from '@azure/storage-blob'
import type { Clock } from '../../../apply/ports.ts'
import type { TokenSource } from '../../../defender/token.ts'
import type { StoreAddress } from '../../../schema/store-address.ts'
import { StoreError, storeErrorOf } from './store-error.ts'

/** How long one request may take; a lease is renewed several times in its length. */
const TRY_MS = 5000
/** How long is waited before a request is sent again that ended in passing trouble. */
const WAITS_MS = [200, 700, 2000] as const
/** The longest wait that the store is granted; a longer one is an error. */
const LONGEST_WAIT_MS = 10_000

/** A blob as it was read, in one request. */
export interface Blob {
  readonly text: string
  readonly etag: string
  /** How long ago it was last written, by the store's own clock. */
  readonly ageMs: number
  readonly leaseState: string | undefined
}

/** A blob as a listing names it. */
export interface ListedBlob {
  readonly name: string
  readonly modifiedMs: number
}

/** What a write is bound to: nothing there, a version, a lease. */
export interface WriteConditions {
  readonly ifNoneMatch?: '*'
  readonly ifMatch?: string
  readonly leaseId?: string
}

/**
 * A container, one request per method, sent again where trouble may pass: the SDK itself retries neither 429 nor minds
 * `Retry-After`, and it sends again without looking what became of the first one. Methods reject with {@link StoreError}.
 */
export class Container {
  readonly #client: ContainerClient
  readonly #clock: Pick<Clock, 'sleep'>
  /** Address of the container, for people. */
  readonly url: string

  constructor(client: ContainerClient, url: string, clock: Pick<Clock, 'sleep'>) {
    this.#client = client
    this.#clock = clock
    this.url = url
  }

  /** What begins with a prefix, by name. */
  async list(prefix: string): Promise<readonly ListedBlob[]> {
    const found: ListedBlob[] = []
    let continuationToken: string | undefined
    do {
      const page = await this.#attempt(`listing ${prefix}`, async abortSignal => {
        const pages = this.#client
          .listBlobsFlat({ prefix, abortSignal })
          .byPage({ maxPageSize: 5000, ...(continuationToken === undefined ? {} : { continuationToken }) })
        return (await pages.next()).value
      })
      for (const { name, properties } of page.segment.blobItems) {
        found.push({ name, modifiedMs: properties.lastModified.getTime() })
      }
      continuationToken = page.continuationToken === '' ? undefined : page.continuationToken
    } while (continuationToken !== undefined)
    return found
  }

  /** Reads a blob whole, as it was at one moment; undefined where it is not there. */
  read(name: string): Promise<Blob | undefined> {
    return this.#unlessAbsent(
      this.#attempt(`reading ${name}`, async abortSignal => {
        const answer = await this.#client
          .getBlobClient(name)
          .download(0, undefined, { abortSignal, maxRetryRequests: 0 })
        const chunks: Buffer[] = []
        for await (const chunk of answer.readableStreamBody ?? []) chunks.push(Buffer.from(chunk))
        const bytes = Buffer.concat(chunks)
        if (bytes.length !== answer.contentLength)
          throw new StoreError(`reading ${name}: the answer was cut short`, {})
        return {
          text: bytes.toString('utf8'),
          etag: answer.etag ?? '',
          ageMs: Math.max(0, (answer.date?.getTime() ?? 0) - (answer.lastModified?.getTime() ?? 0)),
          leaseState: answer.leaseState,
        }
      }),
    )
  }

  /** The marks that a blob was created with; undefined where it is not there. */
  marksOf(name: string): Promise<Readonly<Record<string, string>> | undefined> {
    return this.#unlessAbsent(
      this.#attempt(`looking at ${name}`, async abortSignal => {
        const { metadata } = await this.#client.getBlobClient(name).getProperties({ abortSignal })
        return metadata ?? {}
      }),
    )
  }

  /** Says whether a lease id holds a blob now. */
  async isLeasedBy(name: string, leaseId: string): Promise<boolean> {
    return this.#unlessConflict(
      this.#attempt(`looking at ${name}`, abortSignal =>
        this.#client.getBlobClient(name).getProperties({ abortSignal, conditions: { leaseId } }),
      ),
    )
  }

  /** Writes a blob whole. Rejects with a conflict where a condition does not hold, also for a write of ours that was made. */
  async upload(name: string, text: string, conditions: WriteConditions): Promise<string> {
    const answer = await this.#attempt(`writing ${name}`, abortSignal =>
      this.#client.getBlockBlobClient(name).upload(text, Buffer.byteLength(text), {
        abortSignal,
        conditions,
        blobHTTPHeaders: { blobContentType: 'application/json' },
      }),
    )
    return answer.etag ?? ''
  }

  /** Creates an empty append blob with marks. */
  async createAppend(name: string, metadata: Record<string, string>): Promise<void> {
    await this.#attempt(`creating ${name}`, abortSignal =>
      this.#client
        .getAppendBlobClient(name)
        .create({ abortSignal, metadata, conditions: { ifNoneMatch: '*' } }),
    )
  }

  /** Appends at a position, under a lease. Rejects with a conflict also where it was appended by an earlier try. */
  async append(name: string, text: string, appendPosition: number, leaseId: string): Promise<void> {
    await this.#attempt(`appending to ${name}`, abortSignal =>
      this.#client
        .getAppendBlobClient(name)
        .appendBlock(text, Buffer.byteLength(text), { abortSignal, conditions: { appendPosition, leaseId } }),
    )
  }

  async remove(name: string): Promise<void> {
    await this.#unlessAbsent(
      this.#attempt(`removing ${name}`, abortSignal =>
        this.#client.getBlobClient(name).delete({ abortSignal }),
      ),
    )
  }

  /** Takes a lease with an id that nobody else has; false where another holds one. */
  acquire(name: string, leaseId: string, seconds: number): Promise<boolean> {
    return this.#leasing(name, 'taking', leaseId, (lease, abortSignal) =>
      lease.acquireLease(seconds, { abortSignal }),
    )
  }

  /** Renews a lease; false where it was broken, or somebody wrote or took it since it ended. */
  renew(name: string, leaseId: string): Promise<boolean> {
    return this.#leasing(name, 'renewing', leaseId, (lease, abortSignal) => lease.renewLease({ abortSignal }))
  }

  /** Gives a lease back. A refusal means that it is ours no more: released by an earlier try, or lost. */
  async release(name: string, leaseId: string): Promise<void> {
    await this.#leasing(name, 'releasing', leaseId, (lease, abortSignal) =>
      lease.releaseLease({ abortSignal }),
    )
  }

  /** Ends whatever lease there is at once: who had it can write under it no more, and cannot renew it. */
  async breakLease(name: string): Promise<void> {
    await this.#unlessAbsent(
      this.#leasing(name, 'breaking', undefined, (lease, abortSignal) =>
        lease.breakLease(0, { abortSignal }),
      ),
    )
  }

  #leasing(
    name: string,
    verb: string,
    leaseId: string | undefined,
    work: (
      lease: ReturnType<ReturnType<ContainerClient['getBlobClient']>['getBlobLeaseClient']>,
      signal: AbortSignal,
    ) => Promise<unknown>,
  ): Promise<boolean> {
    const lease = this.#client.getBlobClient(name).getBlobLeaseClient(leaseId)
    return this.#unlessConflict(this.#attempt(`${verb} the lease of ${name}`, signal => work(lease, signal)))
  }

  async #unlessConflict(work: Promise<unknown>): Promise<boolean> {
    try {
      await work
      return true
    } catch (error) {
      if (error instanceof StoreError && error.isConflict) return false
      throw error
    }
  }

  async #unlessAbsent<T>(work: Promise<T>): Promise<T | undefined> {
    try {
      return await work
    } catch (error) {
      if (error instanceof StoreError && error.status === 404 && error.code !== 'ContainerNotFound')
        return undefined
      throw error
    }
  }

  /** Sends a request until it is answered for good. */
  async #attempt<T>(what: string, send: (signal: AbortSignal) => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await send(AbortSignal.timeout(TRY_MS))
      } catch (error) {
        const told = storeErrorOf(error, what)
        const waitMs = WAITS_MS[attempt]
        if (!(told instanceof StoreError) || !told.isPassing || waitMs === undefined) throw told
        const { retryAfterMs = 0 } = told
        if (retryAfterMs > LONGEST_WAIT_MS) throw told
        await this.#clock.sleep(Math.max(waitMs, retryAfterMs))
      }
    }
  }
}

/** Puts the token of the run on each request, and a fresh one where that was refused. */
function authorize(token: TokenSource): RequestPolicyFactory {
  return {
    create: next => ({
      async sendRequest(request) {
        const { text } = await token.get({ fresh: false })
        request.headers.set('authorization', `Bearer ${text}`)
        try {
          const answer = await next.sendRequest(request)
          if (answer.status !== 401) return answer
        } catch (error) {
          if (Object(error).statusCode !== 401) throw error
        }
        const fresh = await token.get({ fresh: true, refused: text })
        request.headers.set('authorization', `Bearer ${fresh.text}`)
        return next.sendRequest(request)
      },
    }),
  }
}

/** Opens a container. Loads the SDK, which takes a while, and asks the store for nothing. */
export async function openContainer(
  { account, container }: StoreAddress,
  token: TokenSource,
  clock: Pick<Clock, 'sleep'>,
  userAgent: string,
): Promise<Container> {
  const { AnonymousCredential, ContainerClient, newPipeline } = await import('@azure/storage-blob')
  const pipeline = newPipeline(new AnonymousCredential(), {
    retryOptions: { maxTries: 1 },
    userAgentOptions: { userAgentPrefix: userAgent },
  })
  pipeline.factories.unshift(authorize(token))
  const url = `${account}/${container}`
  return new Container(new ContainerClient(url, pipeline), url, clock)
}
