/** Every code that the Defender client gives an error, a failed read or a diagnostic. */
export const DEFENDER_CODES = {
  'endpoint-invalid': {
    meaning: 'The endpoint or the authority is not an absolute https URL of a service.',
    wayOut:
      'Write scheme and host, such as https://eu.api.security.microsoft.com, without user, query or fragment.',
  },
  'endpoint-not-https': {
    meaning: 'The endpoint or the authority uses plain http to another machine, which would show the token.',
    wayOut: 'Use https; plain http is accepted for localhost, 127.0.0.0/8 and [::1] only.',
  },
  'proxy-invalid': {
    meaning:
      'HTTPS_PROXY, or for sign-in ALL_PROXY or HTTP_PROXY, is set and is not the URL of an http or https proxy.',
    wayOut: 'Set it to a URL such as http://proxy.contoso.com:8080, or unset it.',
  },
  'token-malformed': {
    meaning:
      'HOLDFAST_TOKEN or HOLDFAST_GRAPH_TOKEN holds something that cannot be a bearer token, or one for the other service.',
    wayOut:
      'Set it to the token alone: no quotes, no line breaks, no JSON around it; HOLDFAST_TOKEN for Defender, HOLDFAST_GRAPH_TOKEN for Microsoft Graph.',
  },
  'authentication-failed': {
    meaning: 'No access token could be had: sign-in was refused, or nothing here can sign in.',
    wayOut:
      'Mend the credential that the message names; with none set, set HOLDFAST_TOKEN, or AZURE_TENANT_ID and AZURE_CLIENT_ID with a secret, a certificate or a federated token, or use a managed identity or `az login`.',
  },
  'sign-in-unavailable': {
    meaning:
      'Sign-in, or what a pipeline signs in with, is away or answers that it cannot now; nobody was refused.',
    wayOut: 'Run the command again; what was submitted is found again.',
  },
  'credentials-contradict': {
    meaning: 'The environment names more than one credential, and a run signs in with exactly one.',
    wayOut: 'Unset one of the two variables.',
  },
  'credential-incomplete': {
    meaning: 'The environment names a credential, and a part of it is missing, empty or cannot be read.',
    wayOut:
      'Set what the message names, or unset the variable beside it; no other way to sign in is tried meanwhile.',
  },
  'identity-changed': {
    meaning: 'A renewed token was given to somebody else than the first token of the run, so the run ended.',
    wayOut:
      'Look who is signed in here (`holdfast doctor`), then run the command again: it begins anew as one identity.',
  },
  'token-not-given': {
    meaning: 'A token that was given by hand is for one service alone, and none was given for the other one.',
    wayOut:
      'Set HOLDFAST_GRAPH_TOKEN (Microsoft Graph) or HOLDFAST_STORE_TOKEN (the store) beside HOLDFAST_TOKEN, or leave all of them out and sign in another way, which gives tokens for each.',
  },
  'tenant-mismatch': {
    meaning: 'The token was issued by another tenant than the one the configuration names.',
    wayOut: 'Sign in to the configured tenant, or correct `tenantId` (the id, a GUID) in holdfast.yaml.',
  },
  unauthorized: {
    meaning: 'The service refused the token (401), and a fresh one too.',
    wayOut:
      'Check that the token is for this cloud and has not expired; `holdfast doctor` shows what it says.',
  },
  forbidden: {
    meaning: 'The token lacks a permission for this call (403).',
    wayOut:
      'Grant the application the permission named in the message, with admin consent; reading needs Machine.Read.All, or Machine.ReadWrite.All where that is refused.',
  },
  'not-found': {
    meaning: 'The service does not know what was asked for (404).',
    wayOut: 'Check the id, and that the application may see the device group of the machine.',
  },
  'not-the-service': {
    meaning:
      'Something answered 404 without the error body of the service: the endpoint is not the Defender API.',
    wayOut: 'Check `--endpoint`, HOLDFAST_ENDPOINT, and `cloud` or `endpoint` in holdfast.yaml.',
  },
  'query-refused': {
    meaning: 'The service refused a query (400), and every plainer form of it.',
    wayOut: 'Try again later; if it stays, report it with the message of the service.',
  },
  'request-refused': {
    meaning: 'The service refused a request for another reason (4xx).',
    wayOut: 'Read the message of the service; try again after mending what it names.',
  },
  retired: {
    meaning: 'The service says that what was asked for is gone for good (410).',
    wayOut:
      'Look for a newer version of Holdfast, and into the message center of Microsoft 365; until then act in the portal.',
  },
  redirected: {
    meaning:
      'The service, or something before it, answered with a redirect, which is not followed with a token.',
    wayOut: 'Set the endpoint to the host itself; a sign-in page of a proxy or VPN redirects like this.',
  },
  'next-link-elsewhere': {
    meaning: 'The service named a next page on a host that the token must not go to.',
    wayOut:
      'Choose the `cloud` that the tenant is in, or set `endpoint` to the host that serves the pages; if neither explains it, do not trust the endpoint.',
  },
  throttled: {
    meaning: 'The call quota of the application is used up (429) for longer than a read waits.',
    wayOut:
      'Try again after the time in the message; the quota is shared by all that use the same application.',
  },
  'service-unavailable': {
    meaning: 'The service failed (5xx) at every try.',
    wayOut: 'Try again later; see the health page of Microsoft 365.',
  },
  'connection-failed': {
    meaning: 'No complete answer came at any try: the connection failed, was cut or took too long.',
    wayOut: 'Check network, DNS, HTTPS_PROXY and NO_PROXY, and that the host may be reached from here.',
  },
  'malformed-answer': {
    meaning: 'An answer was cut or is not what the service documents; nothing is concluded from it.',
    wayOut:
      'Try again; if it stays, something between here and the service changes answers, or the API changed.',
  },
  'paging-stuck': {
    meaning: 'The service gave the same page again, so the list has no end.',
    wayOut: 'Try again; if it stays, report it.',
  },
  'paging-unstable': {
    meaning: 'Rows moved at every attempt to read a list to its end, or other rows were lacking each time.',
    wayOut: 'Try again when fewer machines or actions come and go; if it stays, report it.',
  },
  'paging-endless': {
    meaning: 'A list had more pages, or took longer, than any list can: links lead on without an end.',
    wayOut: 'Try again; if it stays, something between here and the service changes answers.',
  },
  'rows-missing': {
    meaning:
      'The service counts a row that never comes. What it tells of is unknown: it may be a machine that a policy names, or the release of one.',
    wayOut:
      'Lists of machines and actions show what came and exit 1. plan, apply and drift of the whole tenant cannot go on; with `--target` naming machines by id, plan and apply read those alone. Tell Microsoft support if it stays.',
  },
  'list-missing': {
    meaning:
      'A list was answered with 404, or is empty, while other answers name machines. What it would have held is unknown, not absent.',
    wayOut:
      'Check the endpoint and its path, and that the application may see the device groups; `holdfast doctor` asks for both lists. Where the machines are really gone: `--accept-empty --reason TEXT`, which lifts nothing.',
  },
  interrupted: {
    meaning: 'The read was interrupted before it ended.',
    wayOut: 'Run the command again.',
  },
  'accepted-empty': {
    meaning:
      'A list of machines that came empty was taken for right (--accept-empty) although the history names machines.',
    wayOut:
      'Nothing to do where they are really gone; nothing is lifted on them. Leave the option out as soon as there are machines.',
  },
  'evidence-closed': {
    meaning:
      'What devices report was not read, since nobody lets this application ask; so nothing is known but the history.',
    wayOut:
      'Grant the application ThreatHunting.Read.All of Microsoft Graph with admin consent, or set `evidence.read` to `off`.',
  },
  'evidence-old-path': {
    meaning: 'What devices report was read on the old path of Defender, which is switched off on 2027-02-01.',
    wayOut:
      'Grant the application ThreatHunting.Read.All of Microsoft Graph with admin consent, and leave `evidence.api` out.',
  },
  'action-without-machine': {
    meaning: 'Some actions of the history name no machine, so they count for none.',
    wayOut: 'Nothing to do here; look them up by id in the portal if a machine seems to lack one.',
  },
} as const

/** A key of {@link DEFENDER_CODES}. */
export type DefenderCode = keyof typeof DEFENDER_CODES
