// What both checks need: the binary in folders of its own, a browser, and an end that is red when something is wrong.
import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync, rmSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer from 'puppeteer-core';

export const binary = process.env.RETITLE ?? join(import.meta.dirname, '../../target/release/retitle');
export const CLIENT = '11111111-2222-4333-8444-555555555555';

export function assert(condition, words) {
  if (!condition) throw new Error(words);
}

// A home of its own: configuration, state, and a "browser" that writes down what it is told to open.
export class Home {
  constructor(config) {
    this.folder = mkdtempSync(join(tmpdir(), 'retitle-outside-'));
    writeFileSync(join(this.folder, 'config.toml'), config);
    this.opened = join(this.folder, 'opened');
    writeFileSync(join(this.folder, 'browser'), `#!/bin/sh\nprintf %s "$1" > ${this.opened}\n`, { mode: 0o755 });
  }

  environment() {
    return {
      PATH: process.env.PATH,
      HOME: this.folder,
      BROWSER: join(this.folder, 'browser'),
      RETITLE_CONFIG: join(this.folder, 'config.toml'),
      RETITLE_STATE_DIR: join(this.folder, 'state'),
    };
  }

  // Starts retitle; `line` finds a line on standard error, `ended` tells the exit code and all that was printed.
  start(...args) {
    const child = spawn(binary, args, { env: this.environment(), stdio: ['ignore', 'pipe', 'pipe'] });
    const run = { child, out: '', err: '' };
    child.stdout.on('data', (data) => { run.out += data; });
    child.stderr.on('data', (data) => { run.err += data; });
    run.ended = new Promise((resolve) => child.on('close', (code) => resolve({ code, out: run.out, err: run.err })));
    run.line = (pattern) => until(`${pattern} in ${args.join(' ')}`, () => run.err.match(pattern) ?? run.out.match(pattern));
    return run;
  }

  remove() {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

// Looks until there is something, for 20 seconds at most.
export async function until(what, look) {
  for (let tries = 0; tries < 400; tries += 1) {
    const found = await look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`waited in vain for ${what}`);
}

export async function browser() {
  const found = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
    .flatMap((name) => process.env.PATH.split(':').map((folder) => join(folder, name)))
    .find(existsSync);
  assert(found, 'there is no chromium on the PATH');
  return puppeteer.launch({ executablePath: found, headless: true, args: ['--no-sandbox', '--disable-gpu'] });
}

// What a page says; nothing while it is being replaced by the next.
export async function textOf(page) {
  try {
    return await page.$eval('body', (body) => body.innerText);
  } catch {
    return '';
  }
}

// Presses a button by its words and waits for the page that follows.
export async function press(page, words) {
  const button = await page.waitForSelector(`::-p-xpath(//button[contains(., "${words}")])`, { timeout: 20000 });
  await Promise.all([page.waitForNavigation({ timeout: 20000 }), button.click()]);
}

export async function check(name, body) {
  try {
    await body();
    console.log(`ok   ${name}`);
  } catch (error) {
    console.log(`BAD  ${name}\n${error.stack}`);
    process.exitCode = 1;
  }
}
