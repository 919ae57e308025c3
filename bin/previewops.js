#!/usr/bin/env node
import module from 'node:module';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 12)) {
  process.stderr.write(
    `error: previewops needs Node.js 20.12 or newer, and this is ${process.versions.node}\n`,
  );
  process.exitCode = 2;
} else {
  module.enableCompileCache?.();
  // The SDK is part of the package: its advice about its own future versions helps no user.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  // A reader that goes away (`previewops list | head -1`) is no error; what runs goes on to its end.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  const { run, systemIo } = await import('../dist/main.js');
  // Not process.exit: what is written to a pipe must get there first.
  process.exitCode = await run(process.argv.slice(2), systemIo());
}
