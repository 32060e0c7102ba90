import type { Define } from './command.ts';
import { VERSION } from './version-number.ts';

/** `dozor version`: the version, and of what it runs on. */
export const define: Define = (command, { terminal }) => {
  command
    .description('Prints the version, and of what it runs on.')
    .option('--json', 'for programs')
    .action((options: { json?: boolean }) => {
      const facts = {
        dozor: VERSION,
        node: process.versions.node,
        sqlite: process.versions['sqlite'] ?? 'unknown',
        platform: `${process.platform} ${process.arch}`,
      };
      if (options.json === true) terminal.out(`${JSON.stringify(facts)}\n`);
      else for (const [name, value] of Object.entries(facts)) terminal.out(`${name.padEnd(9)} ${value}\n`);
    });
};
