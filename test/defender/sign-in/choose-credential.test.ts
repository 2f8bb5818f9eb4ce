import { describe, expect, test } from 'vitest'
import { chooseCredential, type SignInEnvironment } from '../../../src/defender/sign-in/choose-credential.ts'

const PUBLIC = { authority: 'https://login.microsoftonline.com', tenantId: undefined }
const WHO = { AZURE_TENANT_ID: 'tenant', AZURE_CLIENT_ID: 'client' }
const application = { tenantId: 'tenant', clientId: 'client' }
const GITHUB = {
  ACTIONS_ID_TOKEN_REQUEST_URL: 'https://pipelines.example/token?api-version=2.0',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'runtime',
}
const AZURE = {
  SYSTEM_OIDCREQUESTURI: 'https://dev.azure.example/oidctoken',
  SYSTEM_ACCESSTOKEN: 'system',
  AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: 'connection',
  AZURESUBSCRIPTION_CLIENT_ID: 'sc-client',
  AZURESUBSCRIPTION_TENANT_ID: 'sc-tenant',
}
const github = {
  provider: 'GitHub Actions',
  method: 'GET',
  url: `${GITHUB.ACTIONS_ID_TOKEN_REQUEST_URL}&audience=api%3A%2F%2FAzureADTokenExchange`,
  bearer: 'runtime',
  property: 'value',
}

const choose = (env: SignInEnvironment, target: { authority?: string; tenantId?: string } = {}) =>
  chooseCredential(env, { ...PUBLIC, ...target })

describe('the one credential', () => {
  test.each(
    Object.entries({
      'a federated token': [
        { ...WHO, AZURE_FEDERATED_TOKEN_FILE: '/t' },
        { kind: 'file', application, path: '/t' },
      ],
      'a secret': [
        { ...WHO, AZURE_CLIENT_SECRET: 's' },
        { kind: 'secret', application, secret: 's' },
      ],
      'a certificate': [
        { ...WHO, AZURE_CLIENT_CERTIFICATE_PATH: '/c' },
        { kind: 'certificate', application, path: '/c', password: undefined, sendsChain: false },
      ],
      'a certificate with its password and chain': [
        {
          ...WHO,
          AZURE_CLIENT_CERTIFICATE_PATH: '/c',
          AZURE_CLIENT_CERTIFICATE_PASSWORD: 'p',
          AZURE_CLIENT_SEND_CERTIFICATE_CHAIN: 'True',
        },
        { kind: 'certificate', application, path: '/c', password: 'p', sendsChain: true },
      ],
      'what is named, beside another variable that is set and empty': [
        { ...WHO, AZURE_CLIENT_SECRET: '', AZURE_FEDERATED_TOKEN_FILE: '/t' },
        { kind: 'file', application, path: '/t' },
      ],
      'what is named, although the job has an identity of its own': [
        { ...WHO, ...GITHUB, ...AZURE, AZURE_CLIENT_SECRET: 's' },
        { kind: 'secret', application, secret: 's' },
      ],
      'what is named, where AZURE_TOKEN_CREDENTIALS agrees': [
        { ...WHO, AZURE_FEDERATED_TOKEN_FILE: '/t', AZURE_TOKEN_CREDENTIALS: 'WorkloadIdentityCredential' },
        { kind: 'file', application, path: '/t' },
      ],
      'the identity of a GitHub job, where an application is named for it': [
        { ...WHO, ...GITHUB },
        { kind: 'pipeline', application, endpoint: github },
      ],
      'the service connection of an Azure job': [
        AZURE,
        {
          kind: 'pipeline',
          application: { tenantId: 'sc-tenant', clientId: 'sc-client' },
          endpoint: {
            provider: 'Azure Pipelines',
            method: 'POST',
            url: 'https://dev.azure.example/oidctoken?api-version=7.1&serviceConnectionId=connection',
            bearer: 'system',
            property: 'oidcToken',
          },
        },
      ],
      'the chain, in a GitHub job that names no application': [GITHUB, { kind: 'chain' }],
      'the chain, in an Azure job without its access token': [
        { ...AZURE, SYSTEM_ACCESSTOKEN: '' },
        { kind: 'chain' },
      ],
      'the chain, in a job where AZURE_TOKEN_CREDENTIALS asks for another source': [
        { ...WHO, ...GITHUB, ...AZURE, AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential' },
        { kind: 'chain' },
      ],
      'the identity of the job, where AZURE_TOKEN_CREDENTIALS agrees': [
        { ...WHO, ...GITHUB, AZURE_TOKEN_CREDENTIALS: 'prod' },
        { kind: 'pipeline', application, endpoint: github },
      ],
      'the chain, where nothing is named': [WHO, { kind: 'chain' }],
    }),
  )('is %s', (_what, [env, want]) => {
    expect(choose(env as SignInEnvironment)).toStrictEqual(want)
  })

  test('signs in to the tenant of the configuration, whatever the environment says', () => {
    for (const env of [{ ...WHO, AZURE_CLIENT_SECRET: 's' }, { ...WHO, ...GITHUB }, AZURE])
      expect(choose(env, { tenantId: 'configured' })).toMatchObject({
        application: { tenantId: 'configured' },
      })
  })

  test('asks for the audience of its cloud', () => {
    expect(choose({ ...WHO, ...GITHUB }, { authority: 'https://login.microsoftonline.us' })).toMatchObject({
      endpoint: { url: expect.stringContaining('audience=api%3A%2F%2FAzureADTokenExchangeUSGov') },
    })
    const plain = { ...WHO, ...GITHUB, ACTIONS_ID_TOKEN_REQUEST_URL: 'https://pipelines.example/token' }
    expect(choose(plain)).toMatchObject({
      endpoint: { url: 'https://pipelines.example/token?audience=api%3A%2F%2FAzureADTokenExchange' },
    })
  })

  test.each([
    ['AZURE_FEDERATED_TOKEN_FILE', 'AZURE_CLIENT_SECRET'],
    ['AZURE_CLIENT_SECRET', 'AZURE_CLIENT_CERTIFICATE_PATH'],
    ['AZURE_FEDERATED_TOKEN_FILE', 'AZURE_CLIENT_CERTIFICATE_PATH'],
    ['AZURE_CLIENT_SECRET', 'AZURE_TOKEN_CREDENTIALS'],
  ])('is not chosen from %s and %s, and the error names both', (one, other) => {
    const env = { ...WHO, [one]: 'canary-1', [other]: 'AzureCliCredential' }
    expect(() => choose(env)).toThrow(expect.objectContaining({ code: 'credentials-contradict' }))
    expect(() => choose(env)).toThrow(new RegExp(`${one}.*${other}`))
    expect(() => choose(env)).not.toThrow('canary')
  })

  test.each([
    [{ AZURE_TENANT_ID: 't', AZURE_CLIENT_SECRET: 's' }, 'AZURE_CLIENT_ID'],
    [{ AZURE_CLIENT_ID: 'c', AZURE_CLIENT_SECRET: 's' }, 'AZURE_TENANT_ID'],
    [{ AZURE_CLIENT_ID: 'c', ...GITHUB }, 'AZURE_TENANT_ID'],
    [{ ...AZURE, AZURESUBSCRIPTION_CLIENT_ID: '' }, 'AZURESUBSCRIPTION_CLIENT_ID'],
    [{ ...AZURE, AZURESUBSCRIPTION_TENANT_ID: '' }, 'AZURESUBSCRIPTION_TENANT_ID'],
    [{ ...WHO, AZURE_CLIENT_SECRET: '' }, 'AZURE_CLIENT_SECRET'],
    [{ ...WHO, ...GITHUB, AZURE_FEDERATED_TOKEN_FILE: ' ' }, 'AZURE_FEDERATED_TOKEN_FILE'],
  ])('that lacks a part is an error, not another way to sign in: %j', (env, names) => {
    expect(() => choose(env)).toThrow(expect.objectContaining({ code: 'credential-incomplete' }))
    expect(() => choose(env)).toThrow(names)
  })
})
