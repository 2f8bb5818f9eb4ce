/** The configuration of a new repository. Every guard is set, so that the first mistake stays small. */
const CONFIGURATION = `# yaml-language-server: $schema=schemas/configuration.schema.json
version: 1
cloud: commercial                # commercial | gcc | gcc-high | dod
# tenantId: 00000000-0000-0000-0000-000000000000   # then a token of another tenant is an error
policies: [policies/**/*.yaml]
# store: local                   # where this host alone applies; runners share an Azure Blob container

guards:                          # limits on one apply; a plan that goes beyond one is refused as a whole
  maxMachines: 20                # machines that are isolated, restricted, released, …
  # maxShare: 10%                # the same as a share of the tenant's onboarded machines
  maxLifts: 10                   # beyond it the lifts alone are blocked
  maxRuns: 200

protected:                       # whatever the policies say, only these facets may change there
  - match: { list: lists/domain-controllers.txt }    # a list and no tag: who administers a device can tag it
    allow: [scanned, collected]

allow:                           # one-way or risky, so off until you say otherwise
  quarantined: false
  liveResponse: false
  offboarded: false
  scopeChange: false
`

const CONTAIN = `# yaml-language-server: $schema=../schemas/policy.schema.json
version: 1
policy: contain-incident
reason: INC-0001 example incident    # becomes the comment of every action
owner: soc@example.com
machines:                            # a machine matches if any entry matches; inside an entry all fields must
  - tag: INC-0001
  - list: ../lists/incident-machines.txt
except:
  - { list: ../lists/domain-controllers.txt, missing: warn }
state:
  isolated: full                     # full | selective | unmanaged | false
  scanned: { scan: full, within: 7d }
`

const RELEASE = `# yaml-language-server: $schema=../schemas/policy.schema.json
version: 1
policy: release-after-scan
reason: INC-0000 closed, release once scanned
machines:
  - dnsName: old-case-01.example.com
state:
  isolated: false                    # removing YAML never releases; this does
  scanned: { scan: quick, since: 2026-01-01 }
liftAfter: [scanned]                 # the release waits for a scan that began after the isolation
`

const LIST = `# One machine id or DNS name per line.
fin-ws-014.example.com
fin-ws-015.example.com
`

const PROTECTED = `# Machines that no policy may hold: see \`protected\` in holdfast.yaml.
dc-01.example.com
`

const SCENARIO = `# yaml-language-server: $schema=schemas/scenario.schema.json
# What the emulated service knows: \`holdfast plan --emulate scenario.yaml\`
version: 1
machines:
  - { computerDnsName: fin-ws-014.example.com, osPlatform: Windows11 }
  - { computerDnsName: fin-ws-015.example.com, osPlatform: Windows10 }
  - { computerDnsName: hr-ws-002.example.com, osPlatform: Windows11, machineTags: [INC-0001] }
  - { computerDnsName: hr-ws-003.example.com, osPlatform: Windows11 }
  - { computerDnsName: dc-01.example.com, osPlatform: WindowsServer2022, machineTags: [INC-0001] }
  - { computerDnsName: old-case-01.example.com, osPlatform: Windows11 }
  - { computerDnsName: web-01.example.com, osPlatform: Linux }
actions:
  # Somebody isolated it in the portal today, and no policy declares it: \`holdfast drift\` tells.
  - { type: Isolate, machineId: hr-ws-003.example.com, scope: Full, requestSource: Portal, requestor: anna@example.com, creationDateTimeUtc: -2h }
  # Isolated by an earlier apply of ours: the marker at the end of the comment says so.
  - type: Isolate
    machineId: old-case-01.example.com
    scope: Full
    requestSource: PublicApi
    requestor: Holdfast
    requestorComment: 'INC-0000 [holdfast policy=contain-old-case plan=0a1b2c3d change=4e5f6071]'
    creationDateTimeUtc: -5d
behaviour:
  settle: { Isolate: 3s, Unisolate: 2s, RunAntiVirusScan: 4s }
`

const TEST = `# yaml-language-server: $schema=../schemas/test.schema.json
# What the plan for contain-incident.yaml must be: \`holdfast test\`
version: 1
name: machines of the incident are isolated and scanned, domain controllers are not
now: 2026-01-10T12:00:00Z
given:
  machines:                          # the service's own field names; what is missing is filled in
    - { computerDnsName: fin-ws-014.example.com }
    - { computerDnsName: fin-ws-015.example.com }
    - { computerDnsName: hr-ws-002.example.com, machineTags: [INC-0001] }
    - { computerDnsName: hr-ws-003.example.com }
    - { computerDnsName: dc-01.example.com, osPlatform: WindowsServer2022, machineTags: [INC-0001] }
expect:                              # complete: a change that is not named here fails the test
  changes:
    - { machine: fin-ws-014.example.com, facet: isolated, operations: [impose] }
    - { machine: fin-ws-014.example.com, facet: scanned }
    - { machine: fin-ws-015.example.com, facet: isolated, operations: [impose] }
    - { machine: fin-ws-015.example.com, facet: scanned }
    - { machine: hr-ws-002.example.com, facet: isolated, after: full }
    - { machine: hr-ws-002.example.com, facet: scanned }
---
version: 1
name: what an analyst has isolated already is left alone
now: 2026-01-10T12:00:00Z
given:
  machines:
    - { computerDnsName: fin-ws-014.example.com }
    - { computerDnsName: fin-ws-015.example.com }
    - { computerDnsName: hr-ws-002.example.com, machineTags: [INC-0001] }
  actions:
    - { type: Isolate, machineId: hr-ws-002.example.com, scope: Full, requestSource: Portal, requestor: anna@example.com, creationDateTimeUtc: -2h }
options:
  target: [hr-ws-002.example.com]
expect:
  changes:
    - { machine: hr-ws-002.example.com, facet: scanned }
  unchanged:
    - { machine: hr-ws-002.example.com, facet: isolated, value: full }
`

/** What \`holdfast init\` writes, by path below the folder. */
export const STARTER_FILES: Readonly<Record<string, string>> = {
  'holdfast.yaml': CONFIGURATION,
  'policies/contain-incident.yaml': CONTAIN,
  'policies/contain-incident.test.yaml': TEST,
  'policies/release-after-scan.yaml': RELEASE,
  'lists/incident-machines.txt': LIST,
  'lists/domain-controllers.txt': PROTECTED,
  'scenario.yaml': SCENARIO,
}
