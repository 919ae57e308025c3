import { bigWorld } from './big-world.ts';
import { latencyMs } from './budgets.ts';
import { configOf, createStage } from './stage.ts';

// Run in a process of its own, with --expose-gc: prints what listing takes beside the account itself.
const config = configOf();
const world = await bigWorld(config, { previews: 1000, others: 5000, listeners: 3 });
const stage = await createStage({ config, world });
const held = () => {
  global.gc?.();
  return process.memoryUsage().heapUsed;
};
let peak = 0;
const look = (count: number) => {
  if (count % 25 === 0) peak = Math.max(peak, held());
};
const { provider } = stage.process({ latencyMs, onCall: look });
const before = held();
const previews = await provider.list({ app: 'hello' });
peak = Math.max(peak, held());
const megabytes = (bytes: number) => Math.round(bytes / 1024 / 1024);
process.stdout.write(
  JSON.stringify({
    previews: previews.length,
    account: megabytes(before),
    listing: megabytes(peak - before),
  }),
);
