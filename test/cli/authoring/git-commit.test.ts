import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { requireRepository } from '../../../src/cli/authoring/holding/git-commit.ts'
import { temporaryFolder } from '../temporary-folder.ts'

test.each([
  ['fatal: not a git repository (or any of the parent directories): .git', 'and this is none', 'git init'],
  [
    "fatal: detected dubious ownership in repository at '/x'",
    'git says: fatal: detected dubious ownership',
    'Do what git says',
  ],
])('a repository that git does not read is told: %s', async (says, message, wayOut) => {
  const bin = await temporaryFolder({})
  await writeFile(join(bin, 'git'), `#!/bin/sh\necho "${says}" >&2\nexit 128\n`, { mode: 0o755 })
  const env = { PATH: `${bin}:${process.env['PATH']}` }
  await expect(requireRepository({ cwd: bin, env })).rejects.toMatchObject({
    code: 'commit-not-possible',
    message: expect.stringContaining(message),
    wayOut: expect.stringContaining(wayOut),
  })
})
