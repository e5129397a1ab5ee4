// The simulator's pages and the browser flow, walked in a real browser as a person would.
import { readFileSync, rmSync } from 'node:fs';
import { Home, CLIENT, assert, browser, check, press, textOf, until } from './common.mjs';

const simulator = new Home('').start('simulate', '--port', '0', '--interval', '1', '--control');
const [, base] = await simulator.line(/authority = "(http:[^"]+)"/);
const chromium = await browser();

const configuration = `client_id = "${CLIENT}"\ntenant = "contoso.com"\n[endpoints]\nauthority = "${base}"\ngraph = "${base}/beta"\nportal = "${base}"\n`;

// A fresh page and a fresh home for each, both gone afterwards.
async function scene(name, body) {
  await check(name, async () => {
    const home = new Home(configuration);
    const page = await chromium.newPage();
    const broken = [];
    page.on('pageerror', (error) => broken.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !/40[0-9]/.test(message.text())) broken.push(message.text());
    });
    try {
      await body(home, page);
      assert(broken.length === 0, `the page complains: ${broken}`);
    } finally {
      await page.close();
      home.remove();
    }
  });
}

async function typeCode(page, code) {
  await page.goto(`${base}/device`);
  await page.type('input[name=code]', code);
  await press(page, 'Next');
}

await scene('a code typed as people type it, approved', async (home, page) => {
  const login = home.start('login', '--device');
  const [, code] = await login.line(/Enter +(\S+)/);
  await typeCode(page, code.toLowerCase().replace(/^(...)/, '$1 - '));
  assert((await textOf(page)).includes('Only continue if you started this'), 'the page warns');
  await page.select('select[name=person]', '1');
  await press(page, 'Approve');
  assert((await textOf(page)).includes('You have signed in'), await textOf(page));
  const { code: exit, err } = await login.ended;
  assert(exit === 0 && err.includes('m.roe@contoso.com'), err);
});

await scene('a wrong code, then a denial', async (home, page) => {
  const login = home.start('login', '--device');
  const [, code] = await login.line(/Enter +(\S+)/);
  await typeCode(page, 'NOTACODE1');
  assert((await textOf(page)).includes('That code is not known'), await textOf(page));
  await typeCode(page, code);
  await press(page, 'Deny');
  const { code: exit, err } = await login.ended;
  assert(exit === 4 && err.includes('declined'), `${exit} ${err}`);
});

async function openedBy(home) {
  return until('the browser being opened', () => {
    try {
      return readFileSync(home.opened, 'utf8');
    } catch {
      return undefined;
    }
  });
}

await scene('the browser flow, there and back', async (home, page) => {
  const login = home.start('login', '--browser');
  await page.goto(await openedBy(home));
  await press(page, 'Approve');
  await until('the last page', async () => (await textOf(page)).includes('go back to retitle'));
  assert(page.url().startsWith('http://localhost:'), page.url());
  assert(!page.url().includes('code='), 'the code is not in the address');
  const { code: exit, err } = await login.ended;
  assert(exit === 0 && err.includes('j.doe@contoso.com'), `${exit} ${err}`);
  const status = await home.start('status', '--json').ended;
  assert(JSON.parse(status.out).signed_in.method === 'browser', status.out);
  rmSync(home.opened);
  const again = home.start('login', '--browser');
  assert((await openedBy(home)).includes('login_hint=j.doe'), 'the last user is suggested');
  again.child.kill('SIGINT');
  assert((await again.ended).code === 4, 'Ctrl-C is a cancelled sign-in');
});

await scene('the browser flow, declined', async (home, page) => {
  const login = home.start('login', '--browser');
  await page.goto(await openedBy(home));
  await press(page, 'Deny');
  await until('the last page', async () => (await textOf(page)).includes('declined on the page'));
  const { code: exit } = await login.ended;
  assert(exit === 4, `exit ${exit}`);
});

await scene('a tenant that blocks codes shows it in the browser, and the browser flow works', async (home, page) => {
  const policy = (rules) => fetch(`${base}/control/policy`, { method: 'POST', body: JSON.stringify(rules) });
  await policy({ device_code_blocked: true });
  const login = home.start('login', '--device');
  const [, code] = await login.line(/Enter +(\S+)/);
  await typeCode(page, code);
  await press(page, 'Approve');
  assert((await textOf(page)).includes("You don't have access to this"), await textOf(page));
  login.child.kill('SIGINT');
  assert((await login.ended).code === 4, 'cancelled');
  const other = home.start('login', '--browser');
  await page.goto(await openedBy(home));
  await press(page, 'Approve');
  assert((await other.ended).code === 0, 'signed in the other way');
  await policy({});
});

await chromium.close();
simulator.child.kill('SIGTERM');
