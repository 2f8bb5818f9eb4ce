import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Clock } from '../../apply/ports.ts'
import type { SignIn } from '../../defender/token.ts'
import { nameTarget, stateDirectory } from '../../local/state-directory.ts'
import type { StoreProof } from '../../local/store/azure/prove-store.ts'
import { folderState } from '../../local/store/folder-state.ts'
import type { Shelf } from '../../local/store/shelf.ts'
import type { TargetState } from '../../local/store/target-state.ts'
import type { Target } from '../../plan/document/document.ts'
import type { Configuration } from '../../schema/configuration.ts'
import type { StoreAddress } from '../../schema/store-address.ts'
import type { CommandContext } from '../command.ts'
import { fail } from '../fail.ts'
import { readVersion } from '../version.ts'

/** What is kept of the targets of one command. */
export interface States {
  /** The same for the same target. */
  open(target: Target): Promise<TargetState>
  /** The records in the store, of every target; none where no store is configured. */
  records(): Promise<readonly Shelf[]>
  /** Tries out the store; undefined where none is configured. */
  prove(): Promise<StoreProof | undefined>
  close(): Promise<void>
}

/**
 * The audience of Azure Storage.
 *
 * @see https://learn.microsoft.com/azure/storage/blobs/authorize-access-azure-active-directory
 */
export const STORE_SCOPE = 'https://storage.azure.com/.default'

/** What the place of the state depends on. */
export interface StateParts {
  readonly configuration: Configuration
  readonly signIn: SignIn
  readonly clock: Clock
  /** The target is an emulator in this process: nothing of it stays. */
  readonly isEmulated: boolean
}

/** The store of the configuration; undefined where runs keep their state on this host. */
export function storeOf({ store }: Configuration, { flags }: CommandContext): StoreAddress | undefined {
  return store === undefined || store === 'local' || flags.has('without-store') ? undefined : store
}

/** Throws Failure where `--without-store` is given without saying why, or means nothing. */
function requireWithoutStore({ store }: Configuration, { flags }: CommandContext): void {
  if (!flags.has('without-store')) return
  if (!flags.has('reason')) {
    throw fail('reason-missing', '--without-store overrides a safety, so it needs --reason TEXT.')
  }
  if (store === undefined || store === 'local') {
    throw fail(
      'flags-contradict',
      '--without-store leaves the store out, and the configuration names none.',
      {
        wayOut: 'Leave the option out.',
      },
    )
  }
}

/**
 * Says where the state of targets is: in the store of the configuration, else in the user's state directory, so that no two
 * runs miss each other.
 *
 * @throws Failure `flags-contradict` for a folder of journals beside a store, `reason-missing`.
 */
export function openStates(context: CommandContext, parts: StateParts): States {
  const { io, flags } = context
  requireWithoutStore(parts.configuration, context)
  const store = parts.isEmulated ? undefined : storeOf(parts.configuration, context)
  const journal = flags.text('journal')
  if (store !== undefined && journal !== undefined) {
    throw fail(
      'flags-contradict',
      `--journal ${journal} names a folder, and the journal lies in the store.`,
      {
        wayOut:
          'Leave it out; in an incident --without-store --reason TEXT lets runs keep their state on this host.',
      },
    )
  }
  const opened = new Map<string, Promise<TargetState>>()
  let temporary: string | undefined

  async function open(name: string): Promise<TargetState> {
    if (store !== undefined) return openShared(store, name)
    if (parts.isEmulated) temporary ??= await mkdtemp(join(tmpdir(), 'holdfast-'))
    const base = temporary ?? stateDirectory(io.env)
    return folderState(join(base, name), join(journal === undefined ? base : resolve(io.cwd, journal), name))
  }

  /** The libraries are loaded where a store is configured, and then with the first use. */
  async function openStore(address: StoreAddress) {
    const [{ openContainer }, azure, { STORE_LEASE_MS }] = await Promise.all([
      import('../../local/store/azure/container.ts'),
      import('../../local/store/azure/blob-state.ts'),
      import('../../local/store/store-lease.ts'),
    ])
    const token = parts.signIn.tokenFor(STORE_SCOPE)
    const container = await openContainer(address, token, parts.clock, `holdfast/${readVersion()}`)
    return { container, azure, leaseMs: io.host.storeLeaseMs ?? STORE_LEASE_MS }
  }

  async function openShared(address: StoreAddress, name: string): Promise<TargetState> {
    const { container, azure, leaseMs } = await openStore(address)
    return azure.blobState(container, address, name, leaseMs)
  }

  return {
    open(target) {
      const name = nameTarget(target)
      const state = opened.get(name) ?? open(name)
      opened.set(name, state)
      return state
    },
    async records() {
      if (store === undefined) return []
      const { container, azure, leaseMs } = await openStore(store)
      return azure.storedRecords(container, store, leaseMs)
    },
    async prove() {
      if (store === undefined) return undefined
      const { container } = await openStore(store)
      return (await import('../../local/store/azure/prove-store.ts')).proveStore(container, store)
    },
    async close() {
      if (temporary !== undefined) await rm(temporary, { recursive: true, force: true })
    },
  }
}
