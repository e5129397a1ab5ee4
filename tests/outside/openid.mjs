// A sign-in and a refresh against a certified OpenID server that knows nothing of Entra: its routes lie where Entra's
// are, and a few lines stand in for Graph. It has neither `tid` nor `oid`, so issuer and subject identify.
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import Provider from 'oidc-provider';
import { Home, CLIENT, assert, browser, check, press, textOf, until } from './common.mjs';

const GRAPH = 'https://graph.microsoft.com/';
const scopes = ['SecurityCopilotWorkspaces.Read.All', 'SecurityCopilotWorkspaces.ReadWrite.All'].map((name) => GRAPH + name);

let provider;
let asked = 0;
const server = createServer(async (request, response) => {
  if (!request.url.startsWith('/beta/')) {
    // Entra's address of the metadata; and a prompt that this server's pages for trying out do not have.
    request.url = request.url
      .replace('/tenant/v2.0/.well-known', '/.well-known')
      .replace('prompt=select_account', 'prompt=consent');
    return provider.callback()(request, response);
  }
  asked += 1;
  const token = await provider.AccessToken.find((request.headers.authorization ?? '').replace('Bearer ', ''));
  const good = token && scopes.every((scope) => token.scopes.has(scope));
  response.writeHead(good ? 200 : 401, { 'content-type': 'application/json' });
  return response.end(good ? '{"value":[]}' : '{"error":{"code":"InvalidAuthenticationToken"}}');
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const base = `http://127.0.0.1:${server.address().port}`;

const endpoints = '/tenant/oauth2/v2.0';
const refreshed = [];
provider = new Provider(base, {
  clients: [{
    client_id: CLIENT,
    token_endpoint_auth_method: 'none',
    application_type: 'native',
    grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
    response_types: ['code'],
    redirect_uris: ['http://localhost'],
  }],
  scopes: ['openid', 'profile', 'offline_access', ...scopes],
  claims: { openid: ['sub'], profile: ['name', 'preferred_username'] },
  // As Entra has it: who it is stands in the id_token.
  conformIdTokenClaims: false,
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, name: 'Jo', preferred_username: `${id}@example.org` }) }),
  features: { deviceFlow: { enabled: true }, devInteractions: { enabled: true } },
  routes: { authorization: `${endpoints}/authorize`, token: `${endpoints}/token`, device_authorization: `${endpoints}/devicecode` },
  // Using an old refresh token again ends the whole grant here.
  ttl: { AccessToken: 3600, IdToken: 3600, DeviceCode: 600, RefreshToken: 86400, Grant: 86400, Session: 86400, Interaction: 3600, AuthorizationCode: 60 },
  rotateRefreshToken: true,
});
provider.on('grant.success', (context) => refreshed.push(context.oidc.params.grant_type));
provider.on('grant.error', (_, error) => console.log(`     (the server: ${error.message} ${error.error_description ?? ''})`));

const home = new Home(`client_id = "${CLIENT}"\ntenant = "tenant"\n[endpoints]\nauthority = "${base}"\ngraph = "${base}/beta"\n`);
const chromium = await browser();
const refreshes = () => refreshed.filter((grant) => grant === 'refresh_token').length;

// Makes the access token look expired long ago.
function age() {
  const path = join(home.folder, 'state/auth/tokens.json');
  const file = JSON.parse(readFileSync(path, 'utf8'));
  for (const entry of Object.values(file.entries)) entry.expires_at = 1;
  writeFileSync(path, JSON.stringify(file));
}

async function signInOnPage(page) {
  await page.type('input[name=login]', 'jo');
  await page.type('input[name=password]', 'x');
  await press(page, 'Sign-in');
  await press(page, 'Continue');
}

await check('a sign-in by device code at a server that is not Entra', async () => {
  const login = home.start('login', '--device');
  const [, address] = await login.line(/Open +(\S+)/);
  const [, code] = await login.line(/Enter +(\S+)/);
  const page = await chromium.newPage();
  await page.goto(address);
  await page.type('input[name=user_code]', code);
  await press(page, 'Continue');
  await press(page, 'Continue');
  await signInOnPage(page);
  await page.close();
  const { code: exit, err } = await login.ended;
  assert(exit === 0 && err.includes('jo@example.org'), `${exit} ${err}`);
});

await check('a refresh with rotation, in one process and in ten at once', async () => {
  age();
  const first = await home.start('doctor').ended;
  assert(first.code === 0, first.out);
  assert(refreshes() === 1, `${refreshes()} refreshes`);
  age();
  const many = await Promise.all(Array.from({ length: 10 }, () => home.start('doctor').ended));
  for (const { code, out } of many) assert(code === 0, out);
  assert(refreshes() === 2, `${refreshes()} refreshes: one serves all`);
  const status = JSON.parse((await home.start('status', '--json').ended).out);
  assert(status.signed_in.account_id === `${base}|jo`, JSON.stringify(status));
  assert(asked >= 11, 'and every one asked Graph');
});

await check('the browser flow at a server that is not Entra', async () => {
  assert((await home.start('logout').ended).code === 0, 'logout');
  const login = home.start('login', '--browser');
  const address = await until('the browser being opened', () => {
    try { return readFileSync(home.opened, 'utf8'); } catch { return undefined; }
  });
  const page = await (await chromium.createBrowserContext()).newPage();
  await page.goto(address);
  await signInOnPage(page);
  await until('the last page', async () => (await textOf(page)).includes('go back to retitle'));
  const { code: exit, err } = await login.ended;
  assert(exit === 0 && err.includes('jo@example.org'), `${exit} ${err}`);
});

await chromium.close();
home.remove();
server.closeAllConnections();
server.close();
