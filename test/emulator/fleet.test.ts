import { describe, expect, test } from 'vitest'
import { believableScenario } from '../../src/emulator/fleet.ts'
import { parseMarker } from '../../src/posture/marker.ts'
import { ACTION_METHODS } from '../../src/posture/methods.ts'
import { drive, HOUR, rowsOf } from './drive.ts'

const { emulator, get, clock } = drive(believableScenario())

describe('the believable fleet', () => {
  test('is the same every time', () => {
    const again = drive(believableScenario()).emulator
    expect(again.machines()).toStrictEqual(emulator.machines())
    expect(again.actions()).toStrictEqual(emulator.actions())
  })

  test('has about forty machines of every kind', () => {
    const machines = emulator.machines()
    expect(machines.length).toBeGreaterThanOrEqual(40)
    expect(new Set(machines.map(({ id }) => id)).size).toBe(machines.length)
    const platforms = new Set(machines.map(({ osPlatform }) => osPlatform))
    for (const platform of ['Windows10', 'Windows11', 'WindowsServer2022', 'Linux', 'macOS'])
      expect(platforms).toContain(platform)
    expect(machines.some(({ onboardingStatus }) => onboardingStatus === 'CanBeOnboarded')).toBe(true)
    expect(machines.some(({ healthStatus }) => healthStatus === 'Inactive')).toBe(true)
    expect(
      machines.filter(({ computerDnsName }) => computerDnsName === 'fin-ws-005.contoso.com'),
    ).toHaveLength(2)
    const merged = machines.find(({ mergedIntoMachineId }) => mergedIntoMachineId !== null)
    expect(machines.map(({ id }) => id)).toContain(merged?.mergedIntoMachineId)
  })

  test.each(['INC-4211', 'domain-controller', 'clinical'])('has machines tagged %s', async tag => {
    expect(rowsOf(await get(`/api/machines/findbytag?tag=${tag}`)).length).toBeGreaterThanOrEqual(2)
  })

  test('has a history of its own, of analysts, and of other applications', () => {
    const actions = emulator.actions()
    const own = actions.filter(({ requestorComment }) => parseMarker(requestorComment) !== undefined)
    expect(own.length).toBeGreaterThan(5)
    expect(own.every(({ requestSource }) => requestSource === 'PublicApi')).toBe(true)
    expect(
      actions.some(({ requestSource, requestor }) => requestSource === 'Portal' && requestor?.includes('@')),
    ).toBe(true)
    expect(actions.some(action => action.requestSource === 'PublicApi' && !own.includes(action))).toBe(true)
    const types = new Set<string>(ACTION_METHODS.map(({ type }) => type))
    expect(actions.filter(({ type }) => !types.has(type))).toStrictEqual([])
    expect(new Set(actions.map(({ status }) => status))).toStrictEqual(
      new Set(['Succeeded', 'Failed', 'TimeOut', 'Cancelled', 'Pending']),
    )
    expect(actions.filter(({ computerDnsName }) => computerDnsName === null)).toStrictEqual([])
  })

  test('has a laptop whose isolation waits until the service gives up', () => {
    const waiting = (): unknown =>
      emulator
        .actions()
        .find(
          ({ computerDnsName, type }) => type === 'Isolate' && computerDnsName === 'lap-sales-03.contoso.com',
        )?.status
    expect(waiting()).toBe('Pending')
    clock.advance(42 * HOUR)
    expect(waiting()).toBe('TimeOut')
  })
})
