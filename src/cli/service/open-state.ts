import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { nameTarget, stateDirectory } from '../../local/state-directory.ts'
import { folderState } from '../../local/store/folder-state.ts'
import type { TargetState } from '../../local/store/target-state.ts'
import type { Target } from '../../plan/document/document.ts'
import type { CommandContext } from '../command.ts'

/** What is kept of the targets of one command. */
export interface States {
  /** The same for the same target. */
  open(target: Target): Promise<TargetState>
  close(): Promise<void>
}

/**
 * Says where the state of targets is: in the user's state directory, so that no two runs miss each other.
 *
 * @param isEmulated - The target is an emulator in this process: nothing of it stays.
 */
export function openStates({ io, flags }: CommandContext, isEmulated: boolean): States {
  const opened = new Map<string, Promise<TargetState>>()
  let temporary: string | undefined

  async function open(name: string): Promise<TargetState> {
    if (isEmulated) temporary ??= await mkdtemp(join(tmpdir(), 'holdfast-'))
    const base = temporary ?? stateDirectory(io.env)
    const journal = flags.text('journal')
    return folderState(join(base, name), join(journal === undefined ? base : resolve(io.cwd, journal), name))
  }

  return {
    open(target) {
      const name = nameTarget(target)
      const state = opened.get(name) ?? open(name)
      opened.set(name, state)
      return state
    },
    async close() {
      if (temporary !== undefined) await rm(temporary, { recursive: true, force: true })
    },
  }
}
