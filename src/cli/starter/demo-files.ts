const CONFIGURATION = `version: 1
policies: [policies/**/*.yaml]
store: local                 # this host alone applies
guards:
  maxMachines: 10
  maxShare: 25%
  maxLifts: 3
protected:
  - match: { tag: domain-controller }
    allow: [scanned, collected]
`

const CONTAIN = `version: 1
policy: contain-finance
reason: INC-4211 ransomware on finance workstations
owner: soc-tier2@contoso.com
machines:
  - tag: INC-4211
    rbacGroupName: Finance workstations
except:
  - tag: domain-controller
state:
  isolated: full
  scanned: { scan: full, within: 7d }
`

const RELEASE = `version: 1
policy: release-ward-3
reason: INC-4090 closed
machines:
  - dnsName: ward-pc-109.clinic.contoso.com
state:
  isolated: false
  scanned: { scan: quick, within: 1d }
liftAfter: [scanned]        # released only once a scan that began after the isolation has succeeded
`

/** The repository of the demo, by path: policies for the fleet that an emulator without a scenario has. */
export const DEMO_FILES: Readonly<Record<string, string>> = {
  'holdfast.yaml': CONFIGURATION,
  'policies/contain-finance.yaml': CONTAIN,
  'policies/release-ward-3.yaml': RELEASE,
}
