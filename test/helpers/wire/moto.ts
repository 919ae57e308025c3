import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const python = fileURLToPath(new URL('../../../.venv/bin/python', import.meta.url));
const server = fileURLToPath(new URL('../../../.venv/bin/moto_server', import.meta.url));
const startTimeoutMs = 60_000;

// What .venv/bin/moto_server runs, and it ends when its standard input closes: the kernel closes
// that when this process dies in whatever way, so no failing test can leave a server behind.
const program = `
import os, sys, threading
from moto.server import main
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
main(sys.argv[1:])
`;

export interface Moto {
  url: string;
  /** Forgets every resource of every account. */
  reset(): Promise<void>;
  /** From the next call on every action must be allowed by the IAM user that signs it. */
  enforceIam(): Promise<void>;
  allowEverything(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a moto server on a free loopback port; rejects when it is not installed or does not answer. */
export async function startMoto(): Promise<Moto> {
  if (!existsSync(server)) {
    throw new Error(
      'moto is not installed: run scripts/install-moto.sh, then the wire tests again',
    );
  }
  const port = await freePort();
  const child = spawn(python, ['-c', program, '-H', '127.0.0.1', '-p', String(port)], {
    env: {
      PATH: process.env.PATH,
      MOTO_ECS_SERVICE_RUNNING: '1',
      MOTO_ACM_VALIDATION_WAIT: '0', // seconds until a certificate is issued
    },
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const words = tail(child);
  const url = `http://127.0.0.1:${port}`;
  const control = async (path: string, body = '') => {
    const answer = await fetch(`${url}/moto-api/${path}`, { method: 'POST', body });
    if (!answer.ok) throw new Error(`moto answered ${answer.status} to ${path}`);
  };
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async () => {
    child.kill();
    await ended;
  };
  try {
    await untilItAnswers(url, child, words);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    reset: () => control('reset'),
    enforceIam: () => control('reset-auth', '0'),
    allowEverything: () => control('reset-auth', 'inf'),
    stop,
  };
}

async function untilItAnswers(url: string, child: ChildProcess, words: () => string) {
  const deadline = Date.now() + startTimeoutMs;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`moto ended at its start:\n${words()}`);
    const answer = await fetch(`${url}/moto-api/data.json`).catch(() => undefined);
    if (answer?.ok) return;
    await delay(50);
  }
  throw new Error(`moto did not answer within ${startTimeoutMs / 1000} s:\n${words()}`);
}

/** The end of what the server says; it logs every request, so only that is kept. */
function tail(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-4000);
  });
  return () => text;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
