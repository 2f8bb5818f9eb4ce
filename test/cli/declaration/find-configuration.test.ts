import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findConfiguration } from '../../../src/cli/declaration/find-configuration.ts'
import { temporaryFolder } from '../temporary-folder.ts'

test('the nearest holdfast.yaml upward is found', async () => {
  const folder = await temporaryFolder({ 'holdfast.yaml': '', 'a/holdfast.yaml': '', 'a/b/c/x': '' })
  expect(await findConfiguration(undefined, join(folder, 'a/b/c'))).toBe(join(folder, 'a/holdfast.yaml'))
  expect(await findConfiguration(undefined, folder)).toBe(join(folder, 'holdfast.yaml'))
})

test('a folder of that name is none', async () => {
  const folder = await temporaryFolder({ 'holdfast.yaml': '', 'a/x': '' })
  await mkdir(join(folder, 'a/holdfast.yaml'))
  expect(await findConfiguration(undefined, join(folder, 'a'))).toBe(join(folder, 'holdfast.yaml'))
})

test('a named one is taken as it is, relative to the working directory', async () => {
  const folder = await temporaryFolder({ 'holdfast.yaml': '' })
  expect(await findConfiguration('other.yaml', folder)).toBe(join(folder, 'other.yaml'))
})

test('where there is none, there is none', async () => {
  expect(await findConfiguration(undefined, await temporaryFolder())).toBeUndefined()
})
