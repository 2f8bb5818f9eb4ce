import { describe, expect, test } from 'vitest'
import { DAY, drive, HOST, MINUTE, rowsOf } from '../drive.ts'

const A = 'a'.repeat(40)
const B = 'b'.repeat(40)
const IDS = ['11111111-1111-4111-a111-111111111111', '22222222-2222-4222-a222-222222222222'] as const

/** Three actions, oldest first: 1 and 2 on A, 3 on B. */
const actions = [
  {
    id: IDS[0],
    type: 'Isolate',
    machineId: A,
    scope: 'Full',
    requestorComment: "o'brien's machine",
    creationDateTimeUtc: '2026-11-20T10:00:00.1234567Z',
    lastUpdateDateTimeUtc: '2026-11-20T10:01:00Z',
  },
  {
    id: IDS[1],
    type: 'RunAntiVirusScan',
    machineId: A,
    scope: 'Quick',
    status: 'Failed',
    creationDateTimeUtc: '2026-11-20T10:00:00.1234568Z',
    lastUpdateDateTimeUtc: '2026-11-20T10:00:30Z',
  },
  {
    id: '33333333-3333-4333-a333-333333333333',
    type: 'Unisolate',
    machineId: B,
    requestSource: 'PublicApi',
    requestor: 'Customer App',
    creationDateTimeUtc: '2026-11-21T00:00:00Z',
    lastUpdateDateTimeUtc: '2026-11-21T00:00:02Z',
  },
]
const machines = [
  {
    id: A,
    computerDnsName: 'fin-ws-014.contoso.com',
    machineTags: ['INC-4211', 'Finance'],
    osBuild: 26_100,
    rbacGroupId: 140,
    isAadJoined: true,
    lastSeen: '2026-11-22T17:00:00Z',
  },
  {
    id: B,
    computerDnsName: 'srv-sql-01.contoso.com',
    osPlatform: 'WindowsServer2022',
    osBuild: 20_348,
    healthStatus: 'Inactive',
    isAadJoined: false,
    mergedIntoMachineId: A,
    lastSeen: '2026-10-01T00:00:00Z',
  },
]

async function actionNumbers(query: string): Promise<string> {
  const rows = rowsOf(await drive({ machines, actions }).get(`/api/machineactions?${query}`))
  return rows.map(({ id }) => String(id)[0]).join('')
}

describe('a filter of actions', () => {
  test.each([
    ["type eq 'Isolate'", '1'],
    ["type ne 'Isolate'", '32'],
    ["TYPE EQ 'Isolate'", '1'],
    ["Type eq 'isolate'", ''],
    [`machineId eq '${A}'`, '21'],
    [`'${A}' eq machineId`, '21'],
    [`machineId eq '${A}' and status eq 'Failed'`, '2'],
    [`machineId eq '${A}' AND status eq 'Failed'`, '2'],
    [`machineId eq '${A}' And (type eq 'Isolate' OR type eq 'RunAntiVirusScan')`, '21'],
    [`machineId eq '${A}' or machineId eq '${B}'`, '321'],
    [`(machineId eq '${A}' or type eq 'Unisolate')`, '321'],
    ["type eq 'Isolate' or type eq 'Unisolate' and status eq 'Failed'", '1'],
    ["not type eq 'Isolate'", '32'],
    ["not (type eq 'Isolate' or type eq 'Unisolate')", '2'],
    ["not startswith(type,'Un') and status eq 'Succeeded'", '1'],
    [`machineId in ('${A}', '${B}')`, '321'],
    [`id in ('${IDS[0]}','${IDS[1]}')`, '21'],
    [`ID IN ('${IDS[0].toUpperCase()}')`, '1'],
    [`id eq ${IDS[0]}`, '1'],
    [`id eq '${IDS[0]}' and type eq 'Unisolate'`, ''],
    [`not (id eq '${IDS[0]}')`, '32'],
    [`id ne '${IDS[0]}'`, '32'],
    ["requestorComment eq 'o''brien''s machine'", '1'],
    ["contains(requestorComment,'''brien')", '1'],
    ["endswith(requestorComment,'machine')", '1'],
    ["contains(requestorComment,'x')", ''],
    ["tolower(type) eq 'isolate'", '1'],
    ["toupper(type) eq 'ISOLATE'", '1'],
    ["startswith(tolower(requestorComment),'o')", '1'],
    ['title eq null', '321'],
    ["externalId ne 'x' and troubleshootInfo eq null", '321'],
    ['requestorComment eq null', '32'],
    ['requestorComment ne null', '1'],
    ['null eq requestorComment', '32'],
    ['tolower(requestorComment) eq null', '32'],
    ["scope in ('Full','Quick')", '21'],
    ['errorHResult eq 0', '31'],
    ['errorHResult lt 0', '2'],
    ['errorHResult le -2147467259', '2'],
    ['creationDateTimeUtc ge 2026-11-21T00:00:00Z', '3'],
    ['creationDateTimeUtc gt 2026-11-21T00:00:00Z', ''],
    ['creationDateTimeUtc gt 2026-11-20Z', '321'],
    ['creationDateTimeUtc ge 2026-11-21', '3'],
    ['creationDateTimeUtc lt 2026-11-20T10:00:00.1234568Z', '1'],
    ['creationDateTimeUtc gt 2026-11-20T10:00:00.1234567Z', '32'],
    ['creationDateTimeUtc le 2026-11-20T10:00:00.123456799Z', '1'],
    [
      'creationDateTimeUtc ge 2026-11-20T10:00:00.1Z and creationDateTimeUtc lt 2026-11-21T00:00:00.000Z',
      '21',
    ],
    ['creationDateTimeUtc ge 2026-11-21t01:00:00%2B01:00', '3'],
    ['2026-11-21T00:00:00Z le creationDateTimeUtc', '3'],
    ['2026-11-21T00:00:00Z gt creationDateTimeUtc', '21'],
    ['lastUpdateDateTimeUtc gt 2026-11-20T10:00:45Z', '31'],
    ['cancellationDateTimeUtc gt 2020-01-01Z', ''],
    ['creationDateTimeUtc lt lastUpdateDateTimeUtc', '321'],
    ["requestSource eq 'PublicApi'", '3'],
    ["requestor eq 'Customer App'", '3'],
    ["((((type eq 'Isolate'))))", '1'],
  ])('%s', async (filter, numbers) => {
    expect(await actionNumbers(`$filter=${filter.replaceAll(' ', '%20')}`)).toBe(numbers)
    expect(await actionNumbers(`$filter=${filter.replaceAll(' ', '+')}`)).toBe(numbers)
  })

  test('the dollar sign may be encoded, and the option in any letter case', async () => {
    expect(await actionNumbers("%24Filter=type eq 'Isolate'")).toBe('1')
  })
})

describe('a filter of machines', () => {
  test.each([
    ["computerDnsName eq 'fin-ws-014.contoso.com'", 'a'],
    ["startswith(computerDNSName,'srv')", 'b'],
    ["contains(osPlatform,'Windows')", 'ab'],
    ["machineTags/any(t: t eq 'INC-4211')", 'a'],
    ["machineTags/any(t:t eq 'inc-4211')", ''],
    ["machineTags/any(tag: startswith(tag,'Fin') and tag ne 'x')", 'a'],
    ["MachineTags/Any(t: t eq 'INC-4211' or t eq 'other')", 'a'],
    ["not machineTags/any(t: t eq 'INC-4211')", 'b'],
    ['machineTags/any()', 'a'],
    ['firstSeen lt 2026-11-01Z and osVersion eq null', 'ab'],
    ['lastSeen eq null', ''],
    ['rbacGroupId eq 140', 'a'],
    ["rbacGroupId eq '140'", 'a'],
    ['osBuild ge 26100', 'a'],
    ['isAadJoined eq true', 'a'],
    ['isAadJoined eq False', 'b'],
    ['mergedIntoMachineId eq null', 'a'],
    ['lastSeen gt 2026-11-01Z', 'a'],
    ["healthStatus eq 'Active' and onboardingStatus eq 'Onboarded'", 'a'],
    [`id in ('${B}','${A}')`, 'ab'],
  ])('%s', async (filter, expected) => {
    const rows = rowsOf(await drive({ machines }).get(`/api/machines?$filter=${encodeURIComponent(filter)}`))
    expect(rows.map(({ id }) => String(id)[0]).join('')).toBe(expected)
  })

  test('sees a machine as it is now, not as it was', async () => {
    const { get, clock } = drive({ machines: [{ id: HOST, offline: true, lastSeen: '-1h' }] })
    const count = async (): Promise<string> =>
      (await get("/api/machines/$count?$filter=healthStatus eq 'Active'")).text
    expect(await count()).toBe('1')
    clock.advance(7 * DAY)
    expect(await count()).toBe('0')
  })
})

describe('400 ODataError', () => {
  test.each([
    ['$filter=foo eq 1', /property named 'foo'/],
    ['$filter=status eq Pending', /property named 'Pending'/],
    ['$filter=type eq', /Expression expected/],
    ['$filter=type', /name expected/],
    ["$filter=(type eq 'x'", /\) expected/],
    ["$filter=type eq 'x' type", /end expected/],
    ["$filter=type is 'x'", /'is' is no operator/],
    ["$filter=type eq 'x", /character '''/],
    ['$filter=type eq "x"', /character '"'/],
    ["$filter=creationDateTimeUtc ge '2026-11-20'", /incompatible types/],
    ['$filter=creationDateTimeUtc ge 2026-13-20T00:00:00Z', /not a valid Edm.DateTimeOffset/],
    ['$filter=type gt 5', /incompatible types/],
    ['$filter=type eq errorHResult', /incompatible types/],
    ["$filter=errorHResult eq 'x'", /incompatible types/],
    ["$filter=commands eq 'x'", /incompatible types/],
    ['$filter=relatedFileInfo eq null', /incompatible types/],
    ['$orderby=relatedFileInfo', /cannot use/],
    ["$filter=contains(errorHResult,'x')", /function/],
    ['$filter=contains(type,5)', /function/],
    ['$filter=length(type) eq 5', /unknown function/],
    ["$filter=tolower(errorHResult) eq 'x'", /needs a string/],
    ['$filter=type in (type)', /Only literals/],
    ["$filter=type/any(t: t eq 'x')", /needs a collection/],
    ["$filter=type/all(t: t eq 'x')", /Only any/],
    ['$orderby=foo', /property named 'foo'/],
    ['$orderby=type sideways', /property named ''/],
    ['$orderby=commands', /cannot use/],
    ['$top=-1', /'-1' for \$top/],
    ['$skip=x', /'x' for \$skip/],
    ['$count=maybe', /'maybe' for \$count/],
    ['$select=foo', /property named 'foo'/],
    ['$stop=2', /'\$stop' is not supported/],
    ['$top=1&$Top=2', /more than once/],
    [`$filter=${'('.repeat(300)}type eq 'x'${')'.repeat(300)}`, /recursion limit/],
    [`$filter=${'not '.repeat(300)}type eq 'x'`, /recursion limit/],
  ])('%s', async (query, message) => {
    const { status, json } = await drive({ actions }).get(`/api/machineactions?${query}`)
    expect([status, json.error?.code]).toStrictEqual([400, 'ODataError'])
    expect(json.error?.message).toMatch(message)
  })

  test("a collection in contains(), as one client's readme has it", async () => {
    const { json } = await drive().get("/api/machines?$filter=contains(machineTags,'x')")
    expect(json.error?.code).toBe('ODataError')
  })

  test.each([
    ['or', "$filter=type eq 'a' or type eq 'b'"],
    ['in', "$filter=type in ('a')"],
    ['filter', "$filter=type eq 'a'"],
    ['orderby', '$orderby=type'],
    ['top', '$top=1'],
    ['skip', '$skip=1'],
    ['count', '$count=true'],
    ['select', '$select=id'],
  ] as const)('what a scenario refuses: %s', async (refused, query) => {
    const { get } = drive({ behaviour: { refuse: [refused] } })
    expect((await get(`/api/machineactions?${query}`)).json.error?.code).toBe('ODataError')
    expect((await get('/api/machineactions')).status).toBe(200)
  })

  test('a refused any()', async () => {
    const { get } = drive({ behaviour: { refuse: ['any'] } })
    expect((await get("/api/machines?$filter=machineTags/any(t: t eq 'x')")).status).toBe(400)
  })

  test('a filter of more nodes than the scenario allows', async () => {
    const { get } = drive({ behaviour: { filterNodeLimit: 7 } })
    const two = "type eq 'a' or type eq 'b'"
    expect((await get(`/api/machineactions?$filter=${two}`)).status).toBe(200)
    expect((await get(`/api/machineactions?$filter=(${two})`)).status).toBe(200)
    expect((await get(`/api/machineactions?$filter=${two} or type eq 'c'`)).json.error?.message).toMatch(
      /node count/,
    )
  })
})

describe('paging, order and choice of columns', () => {
  test('the newest action comes first', async () => {
    expect(await actionNumbers('')).toBe('321')
  })

  test.each([
    ['$orderby=creationDateTimeUtc', '123'],
    ['$orderby=creationDateTimeUtc asc', '123'],
    ['$orderby=CreationDateTimeUtc DESC', '321'],
    ['$orderby=lastUpdateDateTimeUtc asc', '213'],
    ['$orderby=machineId desc,creationDateTimeUtc asc', '312'],
    ['$orderby=scope', '312'],
    ['$orderby=scope desc', '213'],
    ['$top=2', '32'],
    ['$top=0', ''],
    ['$skip=1', '21'],
    ['$skip=9', ''],
    ['$orderby=creationDateTimeUtc asc&$top=1&$skip=1', '2'],
    ['other=1', '321'],
  ])('%s', async (query, numbers) => {
    expect(await actionNumbers(query)).toBe(numbers)
  })

  test('$count counts what passes the filter, paging aside', async () => {
    const { get } = drive({ machines, actions })
    const { json, text } = await get(`/api/machineactions?$count=true&$top=1&$filter=machineId eq '${A}'`)
    expect(json['@odata.count']).toBe(2)
    expect(text).toMatch(/^\{"@odata.context":"[^"]+","@odata.count":2,"value":\[/)
    expect((await get('/api/machineactions?$count=false')).json).not.toHaveProperty('@odata.count')
  })

  test('/$count is the bare number', async () => {
    const { get } = drive({ machines, actions })
    const { text, headers } = await get("/api/machineactions/$count?$filter=type ne 'Isolate'")
    expect([text, headers['content-type']]).toStrictEqual(['2', 'text/plain; charset=utf-8'])
    expect((await get('/api/machines/$count/')).text).toBe('2')
  })

  test('$select sends only those columns, and says so in the context', async () => {
    const { json } = await drive({ machines, actions }).get('/api/machineactions?$select=Status,id&$top=1')
    expect(json['@odata.context']).toMatch(/#MachineActions\(status,id\)$/)
    expect(Object.keys(json.value?.[0] ?? {}).toSorted()).toStrictEqual(['id', 'status'])
    const all = await drive({ machines, actions }).get('/api/machineactions?$select=*&$top=1')
    expect(Object.keys(all.json.value?.[0] ?? {})).toHaveLength(20)
  })

  test('the server cuts long answers and links to the next page, until all was sent once', async () => {
    const many = Array.from({ length: 7 }, (_, index) => ({
      type: 'Isolate',
      machineId: A,
      requestorComment: `n${index}`,
      creationDateTimeUtc: `-${index + 1}h`,
    }))
    const { get } = drive({ machines, actions: many, behaviour: { pageLimit: 3 } })
    const seen: unknown[] = []
    let next: string | undefined = "/api/machineactions?$filter=type eq 'Isolate'&$top=6&$skip=1&$count=true"
    for (; next !== undefined; ) {
      const { json } = await get(next)
      expect(json['@odata.count']).toBe(7)
      seen.push(...(json.value ?? []).map(({ requestorComment }) => requestorComment))
      next = json['@odata.nextLink'] as string | undefined
    }
    expect(seen).toStrictEqual(['n1', 'n2', 'n3', 'n4', 'n5', 'n6'])
  })

  test('a $top within the page limit is never followed by a link', async () => {
    const { get } = drive({ machines, actions, behaviour: { pageLimit: 2 } })
    expect((await get('/api/machineactions?$top=2')).json).not.toHaveProperty('@odata.nextLink')
    expect((await get('/api/machineactions?$top=3')).json).toHaveProperty('@odata.nextLink')
    expect((await get('/api/machineactions')).json['@odata.nextLink']).toBe(
      'http://127.0.0.1/api/machineactions?$skip=2',
    )
  })

  test('a nextLink leads where the request came to, or where the scenario says', async () => {
    const own = drive({ machines, behaviour: { pageLimit: 1 } })
    const { json } = await own.get('https://eu.api.security.microsoft.com/api/v1.0/machines')
    expect(json['@odata.nextLink']).toBe('https://eu.api.security.microsoft.com/api/v1.0/machines?$skip=1')
    const foreign = drive({ machines, behaviour: { pageLimit: 1, nextLinkHost: 'evil.example' } })
    expect((await foreign.get('/api/machines')).json['@odata.nextLink']).toBe(
      'https://evil.example/api/machines?$skip=1',
    )
  })

  test('rows older than the retention are gone, from lists and by id', async () => {
    const { get, clock } = drive({ machines, actions })
    clock.advance(178 * DAY)
    expect(rowsOf(await get('/api/machineactions')).map(({ id }) => String(id)[0])).toStrictEqual(['3'])
    expect((await get(`/api/machineactions/${IDS[0]}`)).status).toBe(404)
    clock.advance(DAY + MINUTE)
    expect((await get('/api/machineactions/$count')).text).toBe('0')
  })
})
