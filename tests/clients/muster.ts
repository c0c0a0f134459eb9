import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const program = resolve(process.env.MUSTER_TEST_PROGRAM ?? '../../target/debug/muster');

/** A server of one's own: the built program, set as in production, with its data in a folder that goes with it. */
export class Muster {
  readonly #folder = mkdtempSync(join(tmpdir(), 'muster-clients-'));
  readonly #secret = randomBytes(32).toString('hex');
  #process!: ChildProcess;
  #address = '127.0.0.1:0';
  #tenants = 0;

  static async start(): Promise<Muster> {
    const muster = new Muster();
    await muster.#serve();
    return muster;
  }

  get url(): string {
    return `http://${this.#address}/graphql`;
  }

  get socketUrl(): string {
    return `ws://${this.#address}/graphql`;
  }

  /** A token of an admin of a new tenant, so that no test sees what another one did. */
  token(): string {
    this.#tenants += 1;
    const args = ['token', '--tenant', `tenant-${this.#tenants}`, '--user', 'ada', '--name', 'Ada Abara'];
    return execFileSync(program, args, { env: this.#env, encoding: 'utf8' }).trim();
  }

  /** A token that was good until 1970. The program makes none. */
  expiredToken(): string {
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
    const claims = { sub: 'ada', tenant: 'expired', roles: ['tenant_admin'], exp: 1 };
    const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
    return `${signed}.${createHmac('sha256', this.#secret).update(signed).digest('base64url')}`;
  }

  /** Ends the server as an operator does, and starts it again at the same address. */
  async restart(): Promise<void> {
    await this.#end();
    await this.#serve();
  }

  async stop(): Promise<void> {
    await this.#end();
    rmSync(this.#folder, { recursive: true });
  }

  /** Nothing is taken over from whoever runs the tests. */
  get #env(): NodeJS.ProcessEnv {
    return { MUSTER_JWT_SECRET: this.#secret };
  }

  async #serve(): Promise<void> {
    const log = join(this.#folder, 'log');
    this.#process = spawn(program, ['serve', '--listen', this.#address], {
      cwd: this.#folder,
      env: this.#env,
      stdio: ['ignore', 'pipe', openSync(log, 'a')],
    });
    for await (const line of createInterface({ input: this.#process.stdout! })) {
      const [, address] = /^Muster is ready at http:\/\/(.+)$/.exec(line) ?? [];
      if (address) {
        this.#address = address;
        return;
      }
    }
    throw new Error(`${program} does not start: ${readFileSync(log, 'utf8')}`);
  }

  async #end(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    await ended;
  }
}
